"""Whether the lines of a crontab name a user before the command, as those of /etc/crontab do."""

import re
from enum import StrEnum

from shared.crontab.syntax import Comment, JobLine, read_lines, split_option, split_user
from shared.crontab.times import are_readable

_USER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*\$?(?:[:/][A-Za-z0-9_:/.-]*)?")
_ACCOUNTS = frozenset({"root", "www-data", "nobody", "daemon", "munin", "logcheck", "amavis", "smmsp", "list"})
"""Names of accounts that are not the names of programs."""

_COMMAND_BEGINNINGS = frozenset({"[", "test", "if", "cd", "(", "{", "exec", "command"})
"""What begins a command, and does not follow a program as its argument."""

_PROGRAMS = frozenset(
    {
        "bash",
        "cd",
        "command",
        "curl",
        "date",
        "echo",
        "env",
        "exec",
        "find",
        "flock",
        "ionice",
        "mail",
        "mysqldump",
        "nice",
        "nohup",
        "perl",
        "php",
        "pg_dump",
        "python",
        "python3",
        "rm",
        "rsync",
        "ruby",
        "run-parts",
        "setsid",
        "sh",
        "sudo",
        "systemctl",
        "tar",
        "test",
        "timeout",
        "touch",
        "wget",
        "zsh",
    }
)
"""Names of programs that are not the names of accounts."""

_SYSTEM_PATHS = ("/etc/crontab", "/etc/cron.d/", "/etc/anacrontab")
_USER_PATHS = ("/var/spool/cron/", "/var/cron/tabs/")


class CrontabKind(StrEnum):
    """A user's crontab, a system's with a user on each line, or one that could be either."""

    USER = "user"
    SYSTEM = "system"
    UNCLEAR = "unclear"


def crontab_kind(text: str, *, path: str = "") -> CrontabKind:
    """Return the kind of a crontab, from where it lies and from its lines; `path` may be empty.

    Lines that cannot be read do not count. A line whose first word cannot be a user's name, or is followed by nothing
    or by an option, makes it a user's. It is a system's where a heading names the user column, or each first word is
    an account or is followed by the beginning of a command.
    """
    if path.startswith(_SYSTEM_PATHS):
        return CrontabKind.SYSTEM
    if path.startswith(_USER_PATHS):
        return CrontabKind.USER
    signs: list[CrontabKind] = []
    has_heading = False
    for _, line in read_lines(text):
        if isinstance(line, Comment):
            has_heading = has_heading or _names_user_column(line.text)
        elif isinstance(line, JobLine) and _is_readable(line):
            signs.append(_sign(line))
    if not signs or CrontabKind.USER in signs:
        return CrontabKind.USER
    if has_heading or CrontabKind.UNCLEAR not in signs:
        return CrontabKind.SYSTEM
    return CrontabKind.UNCLEAR


def _is_readable(line: JobLine) -> bool:
    """Return whether cron could run a line; one that it refuses says nothing of what is in its columns."""
    _, option_problem = split_option(line.rest)
    return bool(line.rest.strip()) and option_problem is None and are_readable(line.times)


def _sign(line: JobLine) -> CrontabKind:
    first, rest = split_user(line.rest)
    command, _ = split_option(rest)
    following = command.split(maxsplit=1)[0] if command.strip() else ""
    if not following or following.startswith(("-", "&", "|", ">", "<", ";")) or not _USER.fullmatch(first):
        return CrontabKind.USER
    if first in _ACCOUNTS or following in _COMMAND_BEGINNINGS or following.startswith(("[", "(", "{")):
        return CrontabKind.SYSTEM
    if first in _PROGRAMS:
        return CrontabKind.USER
    return CrontabKind.UNCLEAR


def _names_user_column(comment: str) -> bool:
    words = comment.lower().replace("-", " ").split()
    return "user" in words and "command" in words and words.index("user") < words.index("command")
