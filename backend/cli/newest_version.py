"""`taskdeck version --check`: whether there is a newer version."""

import asyncio

import typer

from backend.cli.exit_codes import ExitCode
from backend.cli.say import say
from shared.releases.announcement import Verdict
from shared.releases.look import Found, ReleaseSource, look, memory_of_user
from shared.version import VERSION


def print_newest(url: str, key: str) -> None:
    """Read the announcement once and print what it means; raises `ValidationFailedError` without address or key."""
    found = asyncio.run(look(ReleaseSource.parse(url, key), memory=memory_of_user()))
    say(sentence(found, own=VERSION, url=url), err=not found.verdict.is_answer)
    if found.verdict is Verdict.UNREACHABLE:
        raise typer.Exit(ExitCode.UNREACHABLE)
    if not found.verdict.is_answer:
        raise typer.Exit(ExitCode.FAILED)


def sentence(found: Found, *, own: str, url: str) -> str:
    """Return what was found, in words."""
    announced = found.announced
    release = f"{announced.version} of {announced.published.isoformat()}" if announced is not None else ""
    return {
        Verdict.NEWER: f"Taskdeck {release} is available. This is {own}.",
        Verdict.CURRENT: f"This is the newest version: {release}.",
        Verdict.AHEAD: f"This is {own}. The newest release is {release}.",
        Verdict.REPLAYED: f"{url} was ignored: it announces {release}, and a newer version was announced before.",
        Verdict.NOT_VALID: f"{url} was ignored: {found.detail}.",
        Verdict.UNREACHABLE: f"{url} cannot be read: {found.detail}.",
    }[found.verdict]
