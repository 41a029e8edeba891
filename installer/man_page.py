"""The man page `taskdeck(1)`, made from the commands themselves."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from typer.main import get_command

from backend.cli.exit_codes import ExitCode
from backend.cli.main import app
from shared.version import VERSION

_HEAD = """.TH TASKDECK 1 "{day}" "Taskdeck {version}" "User Commands"
.SH NAME
taskdeck \\- distributed task scheduling with a desktop console
.SH SYNOPSIS
.B taskdeck
[\\fIOPTIONS\\fR] \\fICOMMAND\\fR [\\fIARGUMENTS\\fR]
.SH DESCRIPTION
A backend schedules tasks, and workers on any number of machines execute them.
.B taskdeck up
runs everything on this machine: a database, a backend, a worker and the console.
Commands connect to the backend of \\-\\-url, otherwise to this machine's, otherwise to that of the last login.
"""
_TAIL = """.SH FILES
.TP
.I ~/.local/share/taskdeck
Database, logs and files of the local backend, unless \\-\\-data\\-dir or TASKDECK_DATA_DIR names another folder.
.TP
.I ~/.config/taskdeck/login.json
The tokens of taskdeck login.
.SH ENVIRONMENT
Each option with a variable names it above. Backends and workers read their settings from variables too; the README
lists them.
"""


def man_page() -> str:
    """Return the page in the language of troff. SOURCE_DATE_EPOCH gives its day."""
    at = int(os.environ.get("SOURCE_DATE_EPOCH", "0")) or datetime.now(UTC).timestamp()
    day = f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"
    root = get_command(app)
    parts = [_HEAD.format(day=day, version=VERSION), ".SH OPTIONS\n", *_options(root), ".SH COMMANDS\n"]
    for path, command in _commands(root, ()):
        parts += [f".SS {_escaped(_usage(path, command))}\n", f"{_escaped(command.help or '')}\n", *_options(command)]
    parts.append(".SH EXIT STATUS\n")
    parts += [f".TP\n.B {code.value}\n{_escaped(code.name.replace('_', ' ').lower())}\n" for code in ExitCode]
    return "".join([*parts, _TAIL])


def _commands(group: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield each command with the words that lead to it; groups lead to theirs."""
    context = group.make_context("taskdeck", [], resilient_parsing=True)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        if hasattr(command, "list_commands"):
            yield from _commands(command, (*path, name))
        else:
            yield (*path, name), command


def _usage(path: tuple[str, ...], command: Any) -> str:
    return " ".join(
        ["taskdeck", *path, *command.collect_usage_pieces(command.make_context("", [], resilient_parsing=True))]
    )


def _options(command: Any) -> Iterator[str]:
    for one in command.params:
        if one.param_type_name != "option" or one.hidden or "--help" in one.opts:
            continue
        names = ", ".join([*one.opts, *one.secondary_opts])
        variable = f" Variable: {one.envvar}." if isinstance(one.envvar, str) else ""
        yield f".TP\n.B {_escaped(names)}\n{_escaped((one.help or '') + variable)}\n"


def _escaped(text: str) -> str:
    """Return text as troff shows it literally: a backslash, a hyphen, and a control character at a line's beginning."""
    lines = (line.strip() for line in text.replace("\\", "\\e").replace("-", "\\-").splitlines())
    return "\n".join(f"\\&{line}" if line.startswith((".", "'")) else line for line in lines if line)
