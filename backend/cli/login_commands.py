"""`taskdeck login` and `taskdeck logout`."""

import asyncio
import sys
from typing import Annotated

import typer

from backend.cli.output import AsJson, print_json
from backend.cli.saved_login import SavedLogin, login_file
from shared.client import TaskdeckClient
from shared.client.session import LoginAuth
from shared.models.auth import TokenPair, User


def login(
    url: Annotated[
        str, typer.Argument(envvar="TASKDECK_URL", help="The backend, such as https://taskdeck.example.org.")
    ],
    username: Annotated[
        str | None, typer.Option("--username", "-u", help="The user name. Default: prompt for it.")
    ] = None,
    password_stdin: Annotated[bool, typer.Option(help="Read the password from standard input.")] = False,
    as_json: AsJson = False,
) -> None:
    """Sign in to a backend. Later commands use it unless a local backend runs."""
    name = username or typer.prompt("User name")
    password = sys.stdin.readline().rstrip("\n") if password_stdin else typer.prompt("Password", hide_input=True)
    address = url.rstrip("/")

    async def work() -> tuple[TokenPair, User]:
        async with TaskdeckClient(address) as client:
            pair = await client.login(name, password)
        async with TaskdeckClient(address, auth=LoginAuth(pair)) as client:
            return pair, await client.me()

    pair, user = asyncio.run(work())
    SavedLogin(address, pair).write()
    if as_json:
        print_json({"url": address, **user.model_dump(mode="json")})
    else:
        typer.echo(f"Signed in to {address} as {user.username} ({user.role}). The tokens are stored in {login_file()}.")


def logout() -> None:
    """Sign out: delete the stored tokens."""
    typer.echo("Signed out." if SavedLogin.delete() else "You were not signed in.")
