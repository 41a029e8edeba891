"""`taskdeck signing-key`: the keys that sign access tokens."""

from typing import Annotated

import typer

from backend.cli.connection import call
from backend.cli.output import AsJson, ago, print_json, print_table
from backend.cli.say import say
from shared.client import TaskdeckClient
from shared.models.auth import SigningKey

app = typer.Typer(no_args_is_help=True, help="The keys that sign access tokens, for administrators.")


def _state(key: SigningKey) -> str:
    return "signs" if key.verifies_until is None else f"verifies until {ago(key.verifies_until)}"


@app.command("list")
def list_keys(as_json: AsJson = False) -> None:
    """List the keys, newest first. Their secrets are never shown."""

    async def read(client: TaskdeckClient) -> list[SigningKey]:
        return [SigningKey.model_validate(one) for one in (await client.request("GET", "/api/signing-keys"))["data"]]

    found = call(read)
    if as_json:
        print_json(found)
    else:
        print_table(
            ["ID", "CREATED", "STATE"], [[one.id, ago(one.created_at), _state(one)] for one in found], empty="No keys."
        )


@app.command("rotate")
def rotate(
    revoke: Annotated[
        bool, typer.Option(help="Make tokens of the former keys void at once, such as after a theft.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Replace the key on every replica. Tokens of the former key stay valid until they expire."""

    async def change(client: TaskdeckClient) -> SigningKey:
        answer = await client.request("POST", "/api/signing-keys/rotate", json={"revoke": revoke})
        return SigningKey.model_validate(answer["data"])

    made = call(change)
    if as_json:
        print_json(made)
    else:
        say(f"Access tokens are signed with the key {made.id} from now on.")
