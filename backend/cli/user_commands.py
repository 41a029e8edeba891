"""`taskdeck user`: the users of a backend, for administrators."""

import sys
from typing import Annotated, Any

import typer

from backend.cli.completion import complete_user
from backend.cli.connection import call
from backend.cli.output import AsJson, Yes, ago, confirm, print_json, print_table
from backend.cli.say import say
from shared.client import TaskdeckClient
from shared.enums import Role
from shared.errors import NotFoundError
from shared.models.auth import User

app = typer.Typer(no_args_is_help=True, help="Users and their roles, for administrators; and your own password.")
Name = Annotated[str, typer.Argument(help="The user's name.", autocompletion=complete_user)]
PasswordStdin = Annotated[bool, typer.Option(help="Read the password from standard input.")]

_HEADS = ["ID", "NAME", "ROLE", "SIGN-IN", "CREATED"]


def _row(user: User) -> list[str]:
    sign_in = "disabled" if user.disabled else "single sign-on" if user.single_sign_on else "enabled"
    return [str(user.id), user.username, user.role, sign_in, ago(user.created_at)]


def _print(users: list[User], *, as_json: bool, is_list: bool = False) -> None:
    if as_json:
        print_json(users if is_list else users[0])
    else:
        print_table(_HEADS, [_row(user) for user in users], empty="There are no users.")


async def _all(client: TaskdeckClient) -> list[User]:
    return [User.model_validate(one) for one in (await client.request("GET", "/api/users"))["data"]]


async def _find(client: TaskdeckClient, name: str) -> User:
    for user in await _all(client):
        if user.username == name:
            return user
    raise NotFoundError(f"User {name!r} does not exist. taskdeck user list shows all.")


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    password: str = typer.prompt("Password (at least 10 characters)", hide_input=True, confirmation_prompt=True)
    return password


def _change(name: str, changes: dict[str, Any], *, as_json: bool) -> None:
    async def change(client: TaskdeckClient) -> User:
        user = await _find(client, name)
        return User.model_validate((await client.request("PATCH", f"/api/users/{user.id}", json=changes))["data"])

    _print([call(change)], as_json=as_json)


@app.command("list")
def list_users(as_json: AsJson = False) -> None:
    """List users with their roles."""
    _print(call(_all), as_json=as_json, is_list=True)


@app.command("create")
def create(
    name: Name,
    role: Annotated[Role, typer.Option(help="What the user may do.")] = Role.VIEWER,
    password_stdin: PasswordStdin = False,
    as_json: AsJson = False,
) -> None:
    """Create a user."""
    body = {"username": name, "role": role, "password": _password(from_stdin=password_stdin)}

    async def make(client: TaskdeckClient) -> User:
        return User.model_validate((await client.request("POST", "/api/users", json=body))["data"])

    _print([call(make)], as_json=as_json)


@app.command("role")
def set_role(
    name: Name, role: Annotated[Role, typer.Argument(help="What the user may do.")], as_json: AsJson = False
) -> None:
    """Change a user's role. Their sessions and tokens end at once."""
    _change(name, {"role": role}, as_json=as_json)


@app.command("password")
def set_password(
    name: Annotated[str | None, typer.Argument(help="The user's name, for administrators. Default: your own.")] = None,
    password_stdin: Annotated[
        bool,
        typer.Option(help="Read the password from standard input; your own after a line with the current one."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Change your own password, or set another user's. The user's sessions and tokens end at once."""
    if name is not None:
        _change(name, {"password": _password(from_stdin=password_stdin)}, as_json=as_json)
        return
    current = _current_password(from_stdin=password_stdin)
    new = _password(from_stdin=password_stdin)

    async def change(client: TaskdeckClient) -> None:
        await client.change_password(current, new)

    call(change)
    say("Changed your password. Your other sessions and your tokens have ended.")


def _current_password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    password: str = typer.prompt("Current password", hide_input=True)
    return password


@app.command("disable")
def disable(name: Name, as_json: AsJson = False) -> None:
    """Disable a user's sign-in. Their sessions and tokens end at once."""
    _change(name, {"disabled": True}, as_json=as_json)


@app.command("enable")
def enable(name: Name, as_json: AsJson = False) -> None:
    """Enable a user's sign-in again."""
    _change(name, {"disabled": False}, as_json=as_json)


@app.command("delete")
def delete(name: Name, yes: Yes = False) -> None:
    """Delete a user with their sessions and tokens."""
    confirm(f"Delete the user {name}?", yes=yes)

    async def remove(client: TaskdeckClient) -> None:
        user = await _find(client, name)
        await client.request("DELETE", f"/api/users/{user.id}")

    call(remove)
    say(f"Deleted the user {name}.")
