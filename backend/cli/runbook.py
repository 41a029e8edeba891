"""`taskdeck runbook`: faults, their causes and what to do."""

import importlib.resources
from typing import Annotated

import typer

from backend.cli.say import say
from shared.errors import NotFoundError

_HEAD = "## "


def entries() -> dict[str, str]:
    """Return the text of each entry of the runbook, by name."""
    text = importlib.resources.files("resources").joinpath("docs", "runbook.md").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for part in text.split(f"\n{_HEAD}")[1:]:
        name, _, body = part.partition("\n")
        found[name.strip()] = body.strip()
    return found


def runbook(
    entry: Annotated[str | None, typer.Argument(help="The entry to print. Default: list all entries.")] = None,
) -> None:
    """Print the symptoms of a fault, its cause and what to do."""
    known = entries()
    if entry is None:
        for name, body in known.items():
            say(f"{name:<16} {body.splitlines()[0].replace('**Symptoms** ', '')}")
        return
    if entry not in known:
        raise NotFoundError(f"The runbook has no entry {entry!r}. Its entries are: {', '.join(known)}.")
    say(known[entry].replace("**", ""))
