"""`taskdeck login` and `taskdeck logout`."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from backend.cli.browser_login import sign_in_with_browser
from backend.cli.client import CommandLineClient
from backend.cli.connection_options import current_options
from backend.cli.output import AsJson, print_json
from backend.cli.saved_login import SavedLogin, login_file
from backend.cli.say import say
from shared.client.protection import check_protected, sends_in_clear, trust
from shared.client.session import LoginAuth
from shared.errors import TaskdeckError
from shared.models.auth import TokenPair, User


def login(
    url: Annotated[
        str, typer.Argument(envvar="TASKDECK_URL", help="The backend, such as https://taskdeck.example.org.")
    ],
    username: Annotated[
        str | None, typer.Option("--username", "-u", help="The user name. Default: prompt for it.")
    ] = None,
    password_stdin: Annotated[bool, typer.Option(help="Read the password from standard input.")] = False,
    ca_file: Annotated[
        Path | None,
        typer.Option(help="Certificates of a private authority, in PEM form; later commands use them too."),
    ] = None,
    allow_http: Annotated[
        bool, typer.Option("--allow-http", help="Send the password to an http:// address, where others can read it.")
    ] = False,
    sso: Annotated[bool, typer.Option("--sso", help="Sign in with the organisation's provider, in a browser.")] = False,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="With --sso: only print the address, for a browser elsewhere.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Sign in to a backend. Later commands use it unless a local backend runs."""
    if (sso or no_browser) and (username or password_stdin):
        raise typer.BadParameter("--sso needs no user name and no password: the provider asks for them.")
    address = url.rstrip("/")
    options = current_options()
    allows_http = allow_http or options.allows_http
    check_protected(address, allows_http=allows_http)
    trusted = ca_file.absolute() if ca_file is not None else options.ca_file
    tls = trust(str(trusted or ""))
    uses_browser = sso or no_browser
    name = "" if uses_browser else username or typer.prompt("User name")
    password = "" if uses_browser else _password(from_stdin=password_stdin)

    async def work() -> tuple[TokenPair, User]:
        if uses_browser:
            pair = await sign_in_with_browser(address, tls=tls, allows_http=allows_http, opens=not no_browser)
        else:
            async with CommandLineClient(address, tls=tls, allows_http=allows_http) as client:
                pair = await client.login(name, password)
        async with CommandLineClient(address, auth=LoginAuth(pair), tls=tls, allows_http=allows_http) as client:
            return pair, await client.me()

    pair, user = asyncio.run(work())
    SavedLogin(address, pair, ca_file=str(trusted or ""), allows_http=allows_http).write()
    if sends_in_clear(address):
        say(f"taskdeck: {address} is not encrypted: others can read your password and tokens.", err=True)
    if as_json:
        print_json({"url": address, **user.model_dump(mode="json")})
    else:
        say(f"Signed in to {address} as {user.username} ({user.role}). The tokens are stored in {login_file()}.")


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    typed: str = typer.prompt("Password", hide_input=True)
    return typed


def logout(
    everywhere: Annotated[bool, typer.Option(help="End all sessions of the user, on every machine.")] = False,
) -> None:
    """Sign out: end the session on the backend and delete the stored tokens."""
    saved = SavedLogin.read()
    is_ended = saved is None or _end_session(saved, everywhere=everywhere)
    if not SavedLogin.delete():
        say("You were not signed in.")
    elif is_ended:
        say("Signed out.")


def _end_session(saved: SavedLogin, *, everywhere: bool) -> bool:
    """End the session on the backend; return whether the backend answered."""

    async def work() -> None:
        async with CommandLineClient(saved.url, tls=trust(saved.ca_file), allows_http=saved.allows_http) as client:
            await client.log_out(saved.pair.refresh_token, everywhere=everywhere)

    try:
        asyncio.run(work())
    except TaskdeckError as error:
        say(
            f"The stored tokens are deleted, but {saved.url} did not end the session: {error.detail} "
            "It ends by itself when it is not used for TASKDECK_REFRESH_TOKEN_SECONDS (30 days).",
            err=True,
        )
        return False
    return True
