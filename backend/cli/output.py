"""Output of the commands: tables for people, JSON for programs."""

import json
import os
import re
import shutil
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import BaseModel

from backend.cli.output_formats import formatted
from backend.cli.table import lines_of
from shared.errors import StartupError
from shared.printable_text import UNPRINTABLE, escaped

if TYPE_CHECKING:
    from shared.log_lines import LogLine

# Without the line breaks between members.
_UNPRINTABLE_IN_JSON = re.compile(r"(?!\n)" + UNPRINTABLE)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, as the API returns it.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")]
_TONES = {
    "succeeded": "green",
    "online": "green",
    "active": "green",
    "ok": "green",
    "failed": "red",
    "lost": "red",
    "problem": "red",
    "timed_out": "yellow",
    "warning": "yellow",
    "draining": "yellow",
    "paused": "yellow",
    "blocked": "yellow",
    "running": "blue",
    "dispatched": "blue",
}

_LEVEL_COLOURS = {"warning": "yellow", "error": "red", "critical": "red"}


def _as_json(value: object) -> object:
    """Return a model as the API writes it."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise TypeError(f"{type(value).__name__} is not JSON")


def print_json(content: Any) -> None:
    """Print one document: JSON, or what the option `--output` chose."""
    text = json.dumps(content, default=_as_json, ensure_ascii=False, indent=2)
    other = formatted(json.loads(text))
    if other is None:
        typer.echo(_printable_json(text))
    else:
        typer.echo(other, nl=False)


def print_json_line(content: BaseModel) -> None:
    """Print a model as one line of JSON."""
    print_json_text(content.model_dump_json())


def print_json_text(text: str) -> None:
    """Print JSON in one line."""
    typer.echo(_printable_json(text))


def _printable_json(text: str) -> str:
    r"""Return JSON in which such characters within texts are escaped, as \u009b: JSON itself escapes some of them."""
    return _UNPRINTABLE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def write_output(text: str, path: Path | None) -> None:
    """Write a whole text to a file, or to standard output; raises `StartupError` where it cannot be written."""
    if path is None:
        typer.echo(text, nl=False)
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StartupError(f"{path} cannot be written: {error.strerror}") from error


def print_table(titles: Sequence[str], rows: Iterable[Sequence[str]], *, empty: str) -> None:
    """Print rows below their titles, or `empty` to standard error where there are none.

    Long cells are truncated to the width of a terminal, and written in full to a file or a pipe.
    """
    rows = [[escaped(cell) for cell in row] for row in rows]
    if not rows:
        typer.echo(empty, err=True)
        return
    is_terminal = sys.stdout.isatty()
    has_colours = is_terminal and not os.environ.get("NO_COLOR")
    heading, *lines = lines_of([titles, *rows], room=shutil.get_terminal_size().columns if is_terminal else None)
    typer.echo(typer.style("".join(heading), bold=True) if has_colours else "".join(heading))
    for row, cells in zip(rows, lines, strict=True):
        tones = [_TONES.get(cell) if has_colours else None for cell in row]
        typer.echo(
            "".join(typer.style(cell, fg=tone) if tone else cell for cell, tone in zip(cells, tones, strict=False))
        )


def print_log_entry(entry: "LogLine") -> None:
    """Print an entry of a log, coloured by its level on a terminal."""
    text = escaped(entry.shown(), keep="\n\t")
    colour = _LEVEL_COLOURS.get(entry.level) if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else None
    typer.echo(typer.style(text, fg=colour) if colour else text)


def print_facts(facts: Iterable[tuple[str, str]]) -> None:
    """Print a line for each fact that has a value; further lines of a value are indented."""
    shown = [(name, value) for name, value in facts if value]
    width = max((len(name) for name, _ in shown), default=0) + 2
    for name, value in shown:
        first, *rest = escaped(value, keep="\n\t").rstrip("\n").split("\n")
        typer.echo(f"{escaped(name):<{width}}{first}")
        for line in rest:
            typer.echo(" " * width + line)


def span(seconds: float) -> str:
    """Return a duration in its largest unit, such as `3 min`."""
    seconds = max(seconds, 0.0)
    for limit, length, unit in ((60, 1, "s"), (3600, 60, "min"), (48 * 3600, 3600, "h")):
        if seconds < limit:
            return f"{int(seconds // length)} {unit}"
    return f"{int(seconds // 86_400)} d"


def ago(at: datetime | None) -> str:
    """Return an instant relative to now, such as `3 min ago` or `in 2 h`."""
    if at is None:
        return ""
    seconds = (datetime.now(UTC) - at).total_seconds()
    return f"in {span(-seconds)}" if seconds < -1 else f"{span(seconds)} ago"


def instant(at: datetime | None) -> str:
    """Return an instant in this machine's time zone, and relative to now."""
    return "" if at is None else f"{at.astimezone():%Y-%m-%d %H:%M:%S %Z} ({ago(at)})"


def took(milliseconds: int | None) -> str:
    """Return an execution time, such as `1.5 s`."""
    if milliseconds is None:
        return ""
    if milliseconds < 1000:
        return f"{milliseconds} ms"
    return f"{milliseconds / 1000:.1f} s" if milliseconds < 60_000 else span(milliseconds / 1000)


def confirm(question: str, *, yes: bool) -> None:
    """Ask for confirmation. Without a terminal, `--yes` is required."""
    question = escaped(question)
    if yes:
        return
    if not sys.stdin.isatty():
        raise typer.BadParameter(f"{question} Confirm it with --yes: there is no terminal to ask on.")
    typer.confirm(question, abort=True)
