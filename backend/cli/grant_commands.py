"""`taskdeck grant`: what users and groups may do in folders, beside what their roles permit."""

from typing import Annotated

import typer

from backend.cli.completion import complete_folder, complete_user
from backend.cli.connection import call
from backend.cli.output import AsJson, Yes, ago, confirm, print_json, print_table
from backend.cli.say import say
from shared.client import TaskdeckClient
from shared.enums import Permission
from shared.models.auth import SignedInUser
from shared.models.grant import Grant

app = typer.Typer(
    no_args_is_help=True,
    help="Permissions of users and groups in folders. An administrator of a folder may grant within it.",
)
User = Annotated[str | None, typer.Option("--user", help="A user's name.", autocompletion=complete_user)]
Group = Annotated[str | None, typer.Option("--group", help="A group of single sign-on.")]

_TOP = "(all)"
"""How the folder above all others is shown; it is given as an empty text."""


def _print(grants: list[Grant]) -> None:
    print_table(
        ["ID", "FOLDER", "PERMISSION", "USER OR GROUP", "GRANTED", "BY"],
        [
            [
                str(one.id),
                one.folder or _TOP,
                one.permission,
                one.user if one.user is not None else f"group {one.group}",
                ago(one.created_at),
                one.created_by,
            ]
            for one in grants
        ],
        empty="There are no grants in folders that you administer.",
    )


@app.command("list")
def list_grants(user: User = None, group: Group = None, as_json: AsJson = False) -> None:
    """List the grants in the folders that you administer."""
    found = call(lambda client: client.list_grants(user=user, group=group))
    if as_json:
        print_json(found)
    else:
        _print(found)


@app.command("add")
def add(
    folder: Annotated[
        str,
        typer.Argument(help='The folder, such as finance/daily; "" for all folders.', autocompletion=complete_folder),
    ],
    permission: Annotated[Permission, typer.Argument(help="Each permission includes those before it.")],
    user: User = None,
    group: Group = None,
    as_json: AsJson = False,
) -> None:
    """Grant a permission in a folder and those below it, instead of a former one in the same folder."""
    if (user is None) == (group is None):
        raise typer.BadParameter("Give either --user or --group.")
    made = call(lambda client: client.add_grant(folder, permission, user=user, group=group))
    if as_json:
        print_json(made)
    else:
        _print([made])


@app.command("remove")
def remove(
    grant_ids: Annotated[list[int], typer.Argument(metavar="ID...", min=1, help="As `taskdeck grant list` shows.")],
    yes: Yes = False,
) -> None:
    """Remove grants. What they permitted ends at once."""
    confirm(f"Remove {'the grant' if len(grant_ids) == 1 else f'{len(grant_ids)} grants'}?", yes=yes)

    async def each(client: TaskdeckClient) -> None:
        for grant_id in grant_ids:
            await client.remove_grant(grant_id)

    call(each)
    say(f"Removed {', '.join(map(str, grant_ids))}.")


@app.command("mine")
def mine(as_json: AsJson = False) -> None:
    """Show what you may do, by your role and by grants to you and to your groups."""

    async def read(client: TaskdeckClient) -> SignedInUser:
        return await client.me()

    me = call(read)
    if as_json:
        print_json(me)
        return
    rows = [[_TOP, me.permission]] if me.permission is not None else []
    rows += [[one.folder, one.permission] for one in me.folders]
    print_table(["FOLDER", "PERMISSION"], rows, empty=f"Nothing is granted to {me.username}, whose role is {me.role}.")
