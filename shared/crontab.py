"""A crontab as tasks: what each line would become, and why a line becomes none."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from shared.models.schedule import check_timezone
from shared.schedule.cron_fields import CronError
from shared.schedule.schedule import parse_schedule

_VARIABLE = re.compile(r"""^\s*(?P<name>"[^"]+"|'[^']+'|[A-Za-z_][A-Za-z0-9_]*)\s*=\s*(?P<value>.*)$""")
_FIELD = r"[0-9A-Za-z*/,\-~?#]+"
_FIVE = re.compile(rf"^({_FIELD}\s+){{4}}{_FIELD}(?=\s)")
_NAMED = re.compile(r"^@\w+(?=\s|$)")
_USER = re.compile(r"^[A-Za-z_][A-Za-z0-9_.-]*\$?$")
_ABOUT_CRON = frozenset({"MAILTO", "MAILFROM", "SHELL", "CRON_TZ", "TZ", "RANDOM_DELAY", "LOGNAME", "CONTENT_TYPE"})
_SHELLS = frozenset({"/bin/sh", "/usr/bin/sh", ""})
_RULE = re.compile(r"^[\s#=*~_-]*$")
_HEADINGS = ("m h dom mon dow", "minute hour", "m h  dom", "edit this file", "for more information")
_LONGEST_NAME = 255
_PLAIN_WORDS = frozenset({"cd", "test", "nice", "ionice", "env", "flock", "timeout", "chronic", "sudo", "time", "exec"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CrontabJob:
    """One line that cron runs. `problem` says why it becomes no task; `notes` what is not taken over."""

    line: int
    schedule: str
    command: str
    name: str
    description: str | None = None
    user: str | None = None
    timezone: str = "UTC"
    environment: dict[str, str] = field(default_factory=dict)
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
            "environment": self.environment,
            "folder": folder,
            "overlap_policy": "allow",
            "misfire_policy": "skip",
        }


def parse_crontab(text: str, *, timezone: str = "UTC", has_users: bool | None = None) -> list[CrontabJob]:
    """Return the jobs of a crontab, in its order.

    `timezone` is the one that its machine keeps. `has_users` says whether a user stands before each command, as
    in /etc/crontab; None finds out. Comments right above a line describe it; variables hold for what follows.
    """
    lines = text.splitlines()
    users = _has_users(lines) if has_users is None else has_users
    state = _State(timezone=timezone)
    jobs: list[CrontabJob] = []
    for number, line in enumerate(lines, 1):
        stripped = line.strip()
        if not stripped:
            state.comments.clear()
        elif stripped.startswith("#"):
            state.comment(stripped)
        elif variable := _variable(stripped):
            state.set(*variable)
        else:
            jobs.append(_job(number, stripped, state, has_user=users))
            state.comments.clear()
    return _named_apart(jobs)


@dataclass(slots=True)
class _State:
    """What the lines above say of those that follow."""

    timezone: str
    environment: dict[str, str] = field(default_factory=dict)
    shell: str = ""
    notes: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    zone_problem: str | None = None

    def comment(self, line: str) -> None:
        words = line.lstrip("#").strip()
        if words and not _RULE.match(line) and not words.lower().startswith(_HEADINGS):
            self.comments.append(words)

    def set(self, name: str, value: str) -> None:
        self.comments.clear()
        if name in ("CRON_TZ", "TZ"):
            self._set_zone(name, value)
        elif name == "MAILTO":
            words = f"MAILTO={value} is not taken over: alert rules tell of failures."
            self.notes = [note for note in self.notes if not note.startswith("MAILTO")]
            if value:
                self.notes.append(words)
        elif name == "SHELL":
            self.shell = "" if value in _SHELLS else value
        elif name not in _ABOUT_CRON:
            self.environment[name] = value

    def _set_zone(self, name: str, value: str) -> None:
        if name == "TZ":
            self.environment[name] = value
            return
        try:
            self.timezone, self.zone_problem = check_timezone(value), None
        except ValueError as error:
            self.zone_problem = f"CRON_TZ: {error}"


def _variable(line: str) -> tuple[str, str] | None:
    found = _VARIABLE.match(line)
    if found is None:
        return None
    return _unquoted(found["name"]), _unquoted(found["value"].strip())


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def _times(line: str) -> str | None:
    """Return the part of a line that says when."""
    found = _NAMED.match(line) or _FIVE.match(line)
    return found[0] if found else None


def _has_users(lines: Iterable[str]) -> bool:
    """Whether every line that says when has the name of a user next: then it is a system's crontab."""
    words = []
    for line in (one.strip() for one in lines):
        if not line or line.startswith("#") or _variable(line) or not (times := _times(line)):
            continue
        rest = line[len(times) :].split()
        words.append(rest[0] if len(rest) > 1 else "")
    return bool(words) and all(word in _KNOWN_USERS for word in words)


_KNOWN_USERS = frozenset(
    [
        "root",
        "www-data",
        "postgres",
        "mysql",
        "nobody",
        "daemon",
        "nginx",
        "apache",
        "backup",
        "git",
        "ubuntu",
        "debian",
    ]
)


def _job(number: int, line: str, state: _State, *, has_user: bool) -> CrontabJob:
    times = _times(line)
    if times is None:
        words = line.split()
        return CrontabJob(
            line=number,
            schedule=" ".join(words[:5]),
            command=" ".join(words[5:]),
            name=f"line {number}",
            problem="is no line of a crontab: write minute hour day-of-month month day-of-week command",
        )
    rest = line[len(times) :].strip()
    user = None
    if has_user:
        user, _, rest = rest.partition(" ")
        rest = rest.strip()
    command, given = _percent_signs(rest)
    notes = list(state.notes)
    if user is not None and not _USER.match(user):
        notes.append(f"{user!r} stands where the name of a user was expected.")
    if user is not None:
        notes.append(f"It ran as {user}; a task runs as the user of its worker.")
    schedule, problem = _schedule(times)
    if not command:
        problem = "has no command"
    if problem is None:
        problem = state.zone_problem
    if given is not None:
        command = _with_input(command, given)
    if state.shell:
        command = f"#!{state.shell}\n{command}"
    return CrontabJob(
        line=number,
        schedule=schedule,
        command=command,
        name=_name_of(rest) or f"line {number}",
        description="\n".join(state.comments) or None,
        user=user,
        timezone=state.timezone,
        environment=dict(state.environment),
        problem=problem,
        notes=tuple(notes),
    )


def _schedule(times: str) -> tuple[str, str | None]:
    schedule = " ".join(times.split())
    if schedule.lower() == "@reboot":
        return schedule, "@reboot has no time: start the command by the machine's own services (systemd, launchd)"
    if "~" in schedule:
        return schedule, "a range with ~ is a random time; write H(1-5), which is spread by the name of the task"
    try:
        parse_schedule(schedule, hash_key="")
    except CronError as error:
        return schedule, str(error)
    return schedule, None


def _percent_signs(command: str) -> tuple[str, str | None]:
    r"""Return a command and what it is given to read: cron takes the first bare % for the end of the command.

    crontab(5): what follows the first % is sent to the command, each further % is a line's end, and \% is a %.
    """
    parts = [part.replace("\\%", "%") for part in re.split(r"(?<!\\)%", command)]
    return parts[0].strip(), "\n".join(parts[1:]) if len(parts) > 1 else None


def _with_input(command: str, given: str) -> str:
    mark = "END_OF_INPUT"
    while mark in given:
        mark += "_"
    return f"({command}) <<'{mark}'\n{given}\n{mark}"


def _name_of(command: str) -> str:
    """Return a name from the program that a command runs: `backup` for `cd /srv && /usr/local/bin/backup.sh -v`."""
    for part in re.split(r"&&|;|\|\|?", command):
        words = [word.strip("()[]{}\"'") for word in part.split()]
        words = [word for word in words if word and not re.match(r"^[A-Za-z_]\w*=", word)]
        skips_next = False
        for place, word in enumerate(words):
            stem = PurePosixPath(word).name
            if skips_next and not word.startswith("-"):
                skips_next = False
                continue
            skips_next = skips_next or stem == "flock"
            if stem in ("cd", "[", "test"):
                break
            if stem in _PLAIN_WORDS or word.startswith(("-", ">", "<", "&")) or stem.replace(".", "").isdigit():
                continue
            return _with_script(stem, words[place + 1 :])[:_LONGEST_NAME]
    return ""


def _with_script(program: str, words: Sequence[str]) -> str:
    stem = re.sub(r"\.(sh|py|pl|rb|js|php|bash)$", "", program)
    if re.match(r"^(python|perl|ruby|php|node|bash|sh|zsh)[\d.]*$", program):
        for word in words:
            if not word.startswith("-") and ("/" in word or "." in word):
                return re.sub(r"\.\w+$", "", PurePosixPath(word).name)
    return stem


def _named_apart(jobs: Sequence[CrontabJob]) -> list[CrontabJob]:
    """Return the jobs with names of their own: a second `backup` is `backup-2`."""
    taken: set[str] = set()
    found = []
    for job in jobs:
        name, number = job.name, 2
        while name in taken:
            name, number = f"{job.name[: _LONGEST_NAME - 8]}-{number}", number + 1
        taken.add(name)
        found.append(replace(job, name=name))
    return found
