"""`taskdeck token`: your personal tokens for scripts."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from backend.cli.connection import call
from backend.cli.output import AsJson, Yes, ago, confirm, instant, print_json, print_table
from backend.cli.say import say
from shared.client import TaskdeckClient
from shared.enums import Scope
from shared.models.auth import ApiToken

app = typer.Typer(no_args_is_help=True, help="Your personal tokens: scripts use them instead of a password.")


@app.command("list")
def list_tokens(as_json: AsJson = False) -> None:
    """List your tokens, without their values."""

    async def read(client: TaskdeckClient) -> list[ApiToken]:
        return [ApiToken.model_validate(one) for one in (await client.request("GET", "/api/tokens"))["data"]]

    found = call(read)
    if as_json:
        print_json(found)
        return
    print_table(
        ["ID", "NAME", "SCOPE", "CREATED", "LAST USED", "EXPIRES"],
        [
            [
                str(one.id),
                one.name,
                one.scope,
                ago(one.created_at),
                ago(one.last_used_at),
                ago(one.expires_at) or "never",
            ]
            for one in found
        ],
        empty="You have no tokens. Create one with: taskdeck token create NAME --scope run",
    )


@app.command("create")
def create(
    name: Annotated[str, typer.Argument(help="What the token is for, such as deploy-script.")],
    scope: Annotated[
        Scope | None, typer.Option(help="What the token permits, at most what you may do. Default: that.")
    ] = None,
    days: Annotated[int | None, typer.Option(min=1, max=3650, help="Days until it expires. Default: 90.")] = None,
    no_expiry: Annotated[bool, typer.Option("--no-expiry", help="Never expire.")] = False,
    as_json: AsJson = False,
) -> None:
    """Create a token and print it. It is shown only once."""
    if days is not None and no_expiry:
        raise typer.BadParameter("Give either --days or --no-expiry.")
    body: dict[str, Any] = {"name": name, "scope": scope}
    if no_expiry:
        body["expires_at"] = None
    elif days is not None:
        body["expires_at"] = (datetime.now(UTC) + timedelta(days=days)).isoformat()

    async def make(client: TaskdeckClient) -> ApiToken:
        return ApiToken.model_validate((await client.request("POST", "/api/tokens", json=body))["data"])

    made = call(make)
    if as_json:
        print_json(made)
        return
    say(f"Token {made.id} permits: {made.scope}. It expires: {instant(made.expires_at) or 'never'}.", err=True)
    say(made.token or "")


@app.command("delete")
def delete(
    token_id: Annotated[int, typer.Argument(help="The token's id, as `taskdeck token list` shows it.")],
    yes: Yes = False,
) -> None:
    """Delete a token: programs that use it are rejected at once."""
    confirm(f"Delete the token {token_id}?", yes=yes)

    async def remove(client: TaskdeckClient) -> None:
        await client.request("DELETE", f"/api/tokens/{token_id}")

    call(remove)
    say(f"Deleted the token {token_id}.")
