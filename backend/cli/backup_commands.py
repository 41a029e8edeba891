"""`taskdeck backup` and `taskdeck restore` of the local database."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from backend.cli.connection_options import current_options
from backend.cli.output import Yes, confirm
from backend.cli.say import say
from shared.local_backend import default_data_dir

File = Annotated[Path, typer.Argument(help="The backup file.")]


def _data_dir() -> Path:
    return (current_options().data_dir or default_data_dir()).absolute()


def backup(file: File) -> None:
    """Back up the local database to a file. Its backend may run."""
    from backend.local_backup import back_up

    size = asyncio.run(back_up(_data_dir(), file.absolute()))
    say(f"{file}: {size / 1024:,.0f} KiB")


def restore(file: File, yes: Yes = False) -> None:
    """Restore the local database from a backup. The former database is kept beside it."""
    from backend.local_backup import restore as run

    folder = _data_dir()
    confirm(f"Replace the local database in {folder}?", yes=yes)
    kept = asyncio.run(run(folder, file.absolute()))
    say("Restored. Start the backend with: taskdeck up")
    if kept is not None:
        say(f"The former database is kept in {kept}. Delete it when you no longer need it.")
