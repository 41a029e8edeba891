"""`taskdeck secret-key`: the keys that encrypt secrets, signing keys and credentials of channels in the database."""

from pathlib import Path
from typing import Annotated

import typer

from backend.cli.connection import call
from backend.cli.output import AsJson, Yes, confirm, print_json, print_table
from backend.cli.say import say
from shared.client import TaskdeckClient
from shared.models.secret import SecretKeyInfo, SecretKeyRotation

app = typer.Typer(no_args_is_help=True, help="The keys that encrypt secrets in the database, for administrators.")


@app.command("create")
def create(file: Annotated[Path, typer.Argument(help="A file that does not exist yet.")]) -> None:
    """Create a file with a key, for TASKDECK_SECRETS_KEY_FILE."""
    from backend.encryption.key_files import create_key_file

    key = create_key_file(file)
    say(
        f"Created {file} with the key {key.id}. Copy it to each machine with a backend, set TASKDECK_SECRETS_KEY_FILE "
        "to it and restart the backends. Without it nobody can read the secrets again: save a copy in another place."
    )


@app.command("add")
def add(file: Annotated[Path, typer.Argument(help="The file of TASKDECK_SECRETS_KEY_FILE.")]) -> None:
    """Put a new key before those of a file. It is used after: taskdeck secret-key rotate."""
    from backend.encryption.key_files import add_key

    key = add_key(file)
    say(
        f"Added the key {key.id} to {file}. Copy the file to each machine with a backend, restart the backends one "
        "after the other, and then run: taskdeck secret-key rotate"
    )


@app.command("list")
def list_keys(as_json: AsJson = False) -> None:
    """List the keys, and how many values each encrypts."""

    async def read(client: TaskdeckClient) -> list[SecretKeyInfo]:
        return [SecretKeyInfo.model_validate(one) for one in (await client.request("GET", "/api/secret-keys"))["data"]]

    found = call(read)
    if as_json:
        print_json(found)
        return
    print_table(
        ["ID", "STATE", "VALUES"],
        [[one.id or "(not encrypted)", _state(one), str(one.values)] for one in found],
        empty="No keys. Create one with: taskdeck secret-key create FILE",
    )


def _state(key: SecretKeyInfo) -> str:
    if not key.id:
        return "run: taskdeck secret-key rotate"
    if not key.is_here:
        return "missing on the backend that answered"
    return "in use" if key.is_in_use else "former" if key.values else "not used"


@app.command("rotate")
def rotate(as_json: AsJson = False) -> None:
    """Use the first key of the file on every replica, and encrypt everything with it. May be repeated."""

    async def change(client: TaskdeckClient) -> SecretKeyRotation:
        answer = await client.request("POST", "/api/secret-keys/rotate")
        return SecretKeyRotation.model_validate(answer["data"])

    done = call(change)
    if as_json:
        print_json(done)
        return
    say(f"The key {done.key_id} is in use. {done.encrypted} values were encrypted with it.")
    for name in done.unreadable:
        say(f"not readable: {name}", err=True)
    if not done.unreadable:
        say("The former keys encrypt nothing any more: remove their lines from the file on each machine.")


@app.command("replace-lost")
def replace_lost(yes: Yes = False) -> None:
    """Go on without a key that is lost: what it encrypts stays unreadable, and is to be set again.

    Uses TASKDECK_DATABASE_URL and TASKDECK_SECRETS_KEY_FILE; the backends need not run.
    """
    from backend import event_loop
    from backend.log_output import configure_logging
    from backend.server_app import replace_lost_key
    from backend.settings import Settings

    settings = Settings()
    configure_logging(settings)
    confirm("Use the first key of TASKDECK_SECRETS_KEY_FILE, although another one is in use?", yes=yes)
    key_id = event_loop.run(replace_lost_key(settings))
    say(
        f"The key {key_id} is in use. Start the backends, run taskdeck secret-key rotate, and set again what it names: "
        "access tokens are renewed with their refresh tokens."
    )
