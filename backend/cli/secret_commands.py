"""`taskdeck secret`: secrets of the backend, which tasks use as `${secret:NAME}`."""

import sys
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer

from backend.cli.completion import complete_folder, complete_secret
from backend.cli.connection import call
from backend.cli.output import AsJson, Yes, ago, confirm, print_json, print_table
from backend.cli.say import say
from shared.client import TaskdeckClient
from shared.errors import StartupError
from shared.models.secret import MOST_SECRET_BYTES, Secret

app = typer.Typer(no_args_is_help=True, help="Secrets that tasks use as ${secret:NAME}; nobody can read them.")
Name = Annotated[str, typer.Argument(help="Letters, digits, dot, dash and _.", autocompletion=complete_secret)]
Folder = Annotated[
    str,
    typer.Option(
        help="The folder whose tasks may use it, with those below. Default: all tasks.", autocompletion=complete_folder
    ),
]


def _path(name: str) -> str:
    return f"/api/secrets/{quote(name, safe='')}"


def _value(file: Path | None) -> str:
    """Return a value from a file, standard input or a prompt, without the line break at its end."""
    if file is not None and str(file) != "-":
        try:
            with file.open("rb") as opened:
                data = opened.read(MOST_SECRET_BYTES + 3)
        except OSError as error:
            raise StartupError(f"{file} cannot be read: {error.strerror}.") from error
    elif file is not None or not sys.stdin.isatty():
        data = sys.stdin.buffer.read(MOST_SECRET_BYTES + 3)
    else:
        prompted: str = typer.prompt("Value", hide_input=True, confirmation_prompt=True)
        return prompted
    try:
        return data.decode().rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise StartupError("The value is not UTF-8. Encode it, for example with base64.") from error


@app.command("set")
def set_secret(
    name: Name,
    folder: Folder = "",
    file: Annotated[
        Path | None, typer.Option(help="Read the value from this file; - is standard input. Default: a prompt.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Set a secret. Its value comes from a prompt, from standard input or from a file, and is shown to nobody."""
    body = {"value": _value(file), "folder": folder}

    async def send(client: TaskdeckClient) -> Secret:
        return Secret.model_validate((await client.request("PUT", _path(name), json=body))["data"])

    made = call(send)
    if as_json:
        print_json(made)
        return
    whose = f"in the folder {made.folder} and below" if made.folder else "in every folder"
    say(f"Set the secret {made.name}. Tasks {whose} can use it as ${{secret:{made.name}}}.")


@app.command("list")
def list_secrets(as_json: AsJson = False) -> None:
    """List the secrets, without their values."""

    async def read(client: TaskdeckClient) -> list[Secret]:
        return [Secret.model_validate(one) for one in (await client.request("GET", "/api/secrets"))["data"]]

    found = call(read)
    if as_json:
        print_json(found)
        return
    print_table(
        ["NAME", "FOLDER", "SET", "BY", "LAST USED", "KEY"],
        [
            [
                one.name,
                one.folder or "(all)",
                ago(one.updated_at),
                one.updated_by,
                ago(one.last_used_at) or "never",
                one.key_id if one.is_readable else f"{one.key_id} (missing)",
            ]
            for one in found
        ],
        empty="No secrets. Set one with: taskdeck secret set NAME",
    )


@app.command("delete")
def delete(name: Name, folder: Folder = "", yes: Yes = False) -> None:
    """Delete a secret: tasks that use it fail, unless their worker has one of that name."""
    confirm(f"Delete the secret {name} of {f'the folder {folder}' if folder else 'all tasks'}?", yes=yes)

    async def remove(client: TaskdeckClient) -> None:
        await client.request("DELETE", _path(name), params={"folder": folder})

    call(remove)
    say(f"Deleted the secret {name}.")
