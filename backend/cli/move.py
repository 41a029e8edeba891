"""`taskdeck move`: from a local backend to servers."""

from pathlib import Path
from typing import Annotated

import typer

from backend import event_loop
from backend.cli.connection_options import current_options
from backend.cli.output import Yes, confirm
from backend.cli.say import say
from shared.local_backend import default_data_dir

DATABASE_POOL = 2


def move(
    to: Annotated[str, typer.Option("--to", help="The URL of an empty PostgreSQL database of the servers.")],
    secrets_key_file: Annotated[
        Path | None,
        typer.Option(
            envvar="TASKDECK_SECRETS_KEY_FILE", help="The servers' keys of secrets; needed if there are any secrets."
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check both sides and count; change nothing.")] = False,
    yes: Yes = False,
) -> None:
    """Copy tasks, history and settings of the stopped local backend to a database of servers, all or nothing."""
    from backend.database.connection import Database
    from backend.database.copying import Copied
    from backend.encryption.key_files import read_key_file
    from backend.encryption.key_ring import KeyRing
    from backend.move_to_server import Moved, move_to_server
    from backend.settings import Settings, asyncpg_url

    folder = (current_options().data_dir or default_data_dir()).absolute()
    keys = KeyRing(read_key_file(secrets_key_file) if secrets_key_file is not None else ())
    try:
        target = Database(asyncpg_url(to), pool_size=DATABASE_POOL, application_name="taskdeck move")
    except ValueError as error:
        raise typer.BadParameter(f"--to: {error}") from error
    if not dry_run:
        confirm(f"Copy the local database in {folder} to {target.address}?", yes=yes)

    def report(done: Copied) -> None:
        if done.rows:
            say(f"{done.table}: {done.rows:,} rows", err=True)

    async def work() -> Moved:
        try:
            return await move_to_server(
                folder,
                target,
                server_keys=keys,
                in_keyring=Settings().secrets_keyring,
                dry_run=dry_run,
                report=report,
            )
        finally:
            await target.close()

    moved = event_loop.run(work())
    total = sum(one.rows for one in moved.tables)
    if dry_run:
        for one in moved.tables:
            report(one)
        say(f"{total:,} rows would be moved to {target.address}. Nothing was changed.")
        return
    for problem in moved.unreadable:
        say(f"Set it again on the servers: {problem}.", err=True)
    say(f"Moved {total:,} rows to {target.address}; the numbers of rows are the same on both sides.")
    if moved.encrypted:
        say(f"{moved.encrypted:,} secrets are encrypted with the servers' key.")
    if moved.unfinished_runs:
        say(f"{moved.unfinished_runs:,} runs had not ended. Servers treat those that had started as lost.")
    say(
        "Sign-ins and the local user stay here: the first start of `taskdeck serve` shows a link for an administrator. "
        f"The local database is unchanged in {folder}. Do not start it again while its tasks run on the servers."
    )
