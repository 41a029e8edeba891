"""The tasks that the lines of a crontab become, and why a line becomes none."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from shared.crontab.kind import CrontabKind, crontab_kind
from shared.crontab.naming import distinct_names, name_of
from shared.crontab.refused_times import difference_from_cron
from shared.crontab.syntax import (
    Comment,
    EmptyLine,
    JobLine,
    Unreadable,
    Variable,
    read_lines,
    split_input,
    split_option,
    split_user,
)
from shared.crontab.syntax import with_input as command_with_input
from shared.crontab.times import schedule_problem, with_hashed_ranges
from shared.models.schedule import check_timezone

LONGEST_TIMEOUT_SECONDS = 604_800
"""cron never ends a command: an imported task has the longest timeout that a task can have, a week."""

_VARIABLES_OF_CRON = frozenset({"MAILFROM", "LOGNAME", "USER", "CONTENT_TYPE", "CONTENT_TRANSFER_ENCODING"})
_PLAIN_SHELLS = frozenset({"/bin/sh", "/usr/bin/sh", ""})
_RULE = re.compile(r"[\s#=*~_-]*")
_DIAGRAM = re.compile(r"[.+]-{2,}|\||\*\s+\*")
"""The beginning of a comment that draws lines to the fields below it."""
_COLUMNS = frozenset(
    {"m", "min", "minute", "h", "hour", "day", "dom", "mday", "month", "mon", "dow", "wday", "weekday"}
    | {"user", "who", "command"}
)
_HEADING_WORDS = 4
"""So many names of columns make a comment a heading."""
_HEADINGS = ("edit this file", "for more information")
_ENVIRONMENT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_RELATIVE_PATH = re.compile(r"(^|[\s=;&|(])\.{1,2}/")
_BACKGROUND = re.compile(r"(^|[\s;])(nohup|setsid|disown)\s|[^&>]&\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class CrontabJob:
    """One line that cron runs. `problem` says why it becomes no task, `notes` what is different in a task."""

    line: int
    schedule: str
    command: str
    name: str
    description: str | None = None
    user: str | None = None
    timezone: str = "UTC"
    environment: Mapping[str, str] = field(default_factory=dict)
    working_directory: str | None = None
    problem: str | None = None
    notes: tuple[str, ...] = ()

    def fields(self, *, folder: str = "") -> dict[str, object]:
        """Return the fields of the task."""
        return {
            "name": self.name,
            "executor": "shell",
            "command": self.command,
            "schedule": self.schedule,
            "timezone": self.timezone,
            "description": self.description,
            "environment": dict(self.environment),
            "working_directory": self.working_directory,
            "folder": folder,
            "overlap_policy": "allow",
            "misfire_policy": "skip",
            "timeout_seconds": LONGEST_TIMEOUT_SECONDS,
        }


def parse_crontab(text: str, *, timezone: str = "UTC", kind: CrontabKind | None = None) -> list[CrontabJob]:
    """Return the jobs of a crontab in its order.

    `timezone` is the zone of its machine. `kind` says whether each line names a user; None means: by the lines, and a
    user's crontab where that is unclear. Comments directly above a line describe it; variables apply to what follows.
    """
    found_kind = kind or crontab_kind(text)
    state = _State(machine_timezone=timezone, timezone=timezone)
    jobs: list[CrontabJob] = []
    for number, line in read_lines(text):
        match line:
            case EmptyLine():
                state.comments.clear()
            case Comment(words):
                state.add_comment(words)
            case Variable(name, value):
                state.set(name, value)
            case JobLine():
                jobs.append(_job(number, line, state, has_user=found_kind is CrontabKind.SYSTEM))
                state.comments.clear()
            case Unreadable():
                jobs.append(_unreadable(number, line))
                state.comments.clear()
    names = distinct_names([job.name for job in jobs])
    return [replace(job, name=name) for job, name in zip(jobs, names, strict=True)]


@dataclass(slots=True, kw_only=True)
class _State:
    """What the lines above apply to those that follow."""

    machine_timezone: str
    timezone: str
    environment: dict[str, str] = field(default_factory=dict)
    home: str | None = None
    shell: str = ""
    notes: dict[str, str] = field(default_factory=dict)
    comments: list[str] = field(default_factory=list)
    timezone_problem: str | None = None

    def add_comment(self, words: str) -> None:
        if words and not _is_heading(words):
            self.comments.append(words)

    def set(self, name: str, value: str) -> None:
        self.comments.clear()
        self.notes.pop(name, None)
        match name:
            case "CRON_TZ":
                self._set_timezone(value)
            case "MAILTO":
                self.environment[name] = value
                if value:
                    self.notes[name] = f"No mail is sent to MAILTO={value}: alert rules notify of failures."
            case "RANDOM_DELAY":
                self.notes[name] = f"RANDOM_DELAY={value} is not imported: set jitter_seconds on the tasks."
            case "SHELL":
                self.shell = "" if value in _PLAIN_SHELLS else value
                self.environment[name] = value
            case _ if name in _VARIABLES_OF_CRON:
                pass
            case _ if not _ENVIRONMENT_NAME.fullmatch(name):
                self.notes[name] = (
                    f"The variable {name!r} is not imported: a task's variables have letters, digits and _."
                )
            case _:
                self.environment[name] = value
                if name == "HOME":
                    self.home = value

    def _set_timezone(self, value: str) -> None:
        if not value:
            self.timezone, self.timezone_problem = self.machine_timezone, None
            return
        try:
            self.timezone, self.timezone_problem = check_timezone(value), None
        except ValueError as error:
            self.timezone_problem = f"CRON_TZ: {error}"


def _is_heading(comment: str) -> bool:
    """Return whether a comment is a ruler, a drawing or a heading of columns, and describes no line."""
    words = comment.lower()
    return (
        _RULE.fullmatch(words) is not None
        or _DIAGRAM.match(words) is not None
        or words.startswith(_HEADINGS)
        or len(_COLUMNS.intersection(words.split())) >= _HEADING_WORDS
    )


def _unreadable(number: int, line: Unreadable) -> CrontabJob:
    words = line.text.split()
    problem = "is not a line of a crontab; write minute hour day-of-month month day-of-week command"
    if line.is_assignment:
        problem = "is not a variable for cron: a quotation mark that opens a value closes it at its end"
    if words[0].lower() == "@every":
        problem = f"@every is not known to cron; a task's schedule can be: every {' '.join(words[1:2])}".rstrip()
    return CrontabJob(
        line=number, schedule=" ".join(words[:5]), command=" ".join(words[5:]), name=f"line {number}", problem=problem
    )


def _job(number: int, line: JobLine, state: _State, *, has_user: bool) -> CrontabJob:
    if line.times.lower() == "@every":
        return _unreadable(number, Unreadable(f"{line.times} {line.rest}"))
    user, rest = split_user(line.rest) if has_user and not line.rest.startswith("*") else (None, line.rest)
    rest, option_problem = split_option(rest)
    command, given = split_input(rest)
    times = " ".join(line.times.split())
    schedule = with_hashed_ranges(times)
    problem = (
        option_problem
        or schedule_problem(schedule)
        or (None if command.strip() else "has no command")
        or state.timezone_problem
    )
    notes = list(state.notes.values())
    if problem is None and (difference := difference_from_cron(times)):
        notes.append(difference)
    if user is not None:
        notes.append(f"cron ran it as {user}; a task runs as the user of its worker.")
    if schedule != times:
        notes.append("A random range (~) becomes H, which spreads tasks by their names.")
    directory, directory_note = _working_directory(command, state.home)
    if directory_note:
        notes.append(directory_note)
    if _BACKGROUND.search(command):
        notes.append("Processes that a command leaves in the background end with its run.")
    name = name_of(command) or f"line {number}"
    if given is not None:
        command = command_with_input(command, given)
    if state.shell:
        command = f"#!{state.shell}\n{command}"
    return CrontabJob(
        line=number,
        schedule=schedule,
        command=command,
        name=name,
        description="\n".join(state.comments) or None,
        user=user,
        timezone=state.timezone,
        environment=dict(state.environment),
        working_directory=directory,
        problem=problem,
        notes=tuple(notes),
    )


def _working_directory(command: str, home: str | None) -> tuple[str | None, str | None]:
    """Return the directory to start in, and a note where the command may rely on another one."""
    if home is not None and home.startswith("/"):
        return home, None
    if _RELATIVE_PATH.search(command):
        return None, "cron starts commands in the home directory of their user: set the task's working directory."
    return None, None
