"""The lines of a crontab as cronie reads them: variables, times, users, commands and their input."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_VARIABLE = re.compile(
    r"""(?P<name>"[^"=]*"|'[^'=]*'|[^\s="'][^\s=]*)\s*=\s*(?P<value>"[^"]*"\s*|'[^']*'\s*|(?:[^"'\s].*)?)""",
    re.DOTALL | re.ASCII,
)
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\s*=", re.ASCII)
_FIELD = r"[0-9A-Za-z*/,\-~?#]+"
_FIVE_FIELDS = re.compile(rf"(?:{_FIELD}[ \t]+){{4}}{_FIELD}(?=[ \t]|$)")
_NAMED_TIME = re.compile(r"@\w+(?=[ \t]|$)")
_BLANK = " \t"
_SPACE = " \t\r\f\v"
_MAIL_ON_FAILURE = "-n"
"""cronie's only option of a command: mail its output only where it fails."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment without its leading `#`."""

    text: str


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable that applies to the lines below it."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLine:
    """A line that starts a command: its times and the rest, which begins with the user in a system crontab.

    `is_silent`: the times begin with a minus sign, which keeps the start out of cron's log.
    """

    times: str
    rest: str
    is_silent: bool


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line that is none of these."""

    text: str

    @property
    def is_assignment(self) -> bool:
        """Whether it would be a variable if its quotation marks were right."""
        return _ASSIGNMENT.match(self.text) is not None


@dataclass(frozen=True, slots=True)
class EmptyLine:
    """A line of blanks."""


Line = Comment | Variable | JobLine | Unreadable | EmptyLine


def decode_crontab(content: bytes) -> tuple[str, bool]:
    """Return the text of a crontab and whether it was UTF-8.

    cron itself copies bytes. What is not UTF-8 is read as Latin-1, which maps every byte to a character.
    """
    try:
        return content.decode("utf-8-sig"), True
    except UnicodeDecodeError:
        return content.decode("latin-1"), False


def read_lines(text: str) -> Iterator[tuple[int, Line]]:
    """Yield each line with its number, from 1; only a line feed ends a line."""
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        yield number, _read_line(line.removesuffix("\r").lstrip(_BLANK))


def _read_line(line: str) -> Line:
    if not line.strip():
        return EmptyLine()
    if line.startswith("#"):
        return Comment(line.lstrip("#").strip())
    if match := _VARIABLE.fullmatch(line):
        return Variable(_unquoted(match["name"]), _unquoted(match["value"].rstrip(_SPACE)))
    is_silent = line.startswith("-")
    candidate = line[1:] if is_silent else line
    times = _NAMED_TIME.match(candidate) or _FIVE_FIELDS.match(candidate)
    if times is None:
        return Unreadable(line)
    return JobLine(times=times[0], rest=candidate[times.end() :].lstrip(_BLANK), is_silent=is_silent)


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def split_user(rest: str) -> tuple[str, str]:
    """Return the user and the command of a line of a system crontab."""
    user = re.split(r"[ \t]", rest, maxsplit=1)[0]
    return user, rest[len(user) :].lstrip(_BLANK)


def split_option(rest: str) -> tuple[str, str | None]:
    """Return a command without cronie's option `-n`, and what is wrong with its options or its beginning.

    A command that begins with a star is a sixth field that somebody added by mistake; cron refuses the line.
    """
    if rest.startswith("*"):
        return rest, "has one field too many: cron has five, and a command cannot begin with a star"
    if not rest.startswith("-"):
        return rest, None
    option, command = split_user(rest)
    if option != _MAIL_ON_FAILURE or command.startswith("-"):
        return rest, f"cron refuses {option}: before its command a line can have {_MAIL_ON_FAILURE} once"
    return command, None


def split_input(command: str) -> tuple[str, str | None]:
    r"""Return a command and its standard input, or None where it has none.

    crontab(5): the first % that is not escaped ends the command, every further one is a line feed, and \% is a %.
    cron ends the input with a line feed unless it is empty.
    """
    parts = [""]
    position = 0
    while position < len(command):
        pair = command[position : position + 2]
        if pair == "\\%":
            parts[-1] += "%"
            position += 2
        elif pair.startswith("\\") and len(parts) == 1:
            # In the command a backslash also escapes a backslash, which stays.
            parts[-1] += pair
            position += 2
        elif command[position] == "%":
            parts.append("")
            position += 1
        else:
            parts[-1] += command[position]
            position += 1
    if len(parts) == 1:
        return parts[0], None
    given = "\n".join(parts[1:])
    return parts[0], given if not given or given.endswith("\n") else given + "\n"


def with_input(command: str, given: str) -> str:
    """Return a shell command which gives `command` this standard input."""
    if not given:
        return f"{{\n{command}\n}} </dev/null"
    mark = "END_OF_INPUT"
    while mark in given:
        mark += "_"
    return f"{{\n{command}\n}} <<'{mark}'\n{given}{mark}"
