"""An import and cron start the same commands at the same minutes, with the same input, directory and environment."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.crontab.kind import CrontabKind, crontab_kind
from shared.crontab.parse import CrontabJob, parse_crontab
from shared.models.task import TaskFields
from shared.schedule.cron import CronExpression
from tests.crontabs.corpus import CORPUS, WINDOWS, ZONE, Crontab, Recorded
from tests.crontabs.cronie import Entry, entries
from tests.fuzzing import fuzzed
from tests.strategies.crontabs import crontabs

SHORT_WINDOWS = ((datetime(2026, 1, 31, 22, tzinfo=UTC), datetime(2026, 2, 1, 4, tzinfo=UTC)), *WINDOWS[1:])

WITH_WRONG_LINES = ("system/anacrontab_leftover", "system/options", "system/six_stars")
LF = "\n"
OF_CRON = frozenset({"CRON_TZ", "RANDOM_DELAY", "MAILFROM", "CONTENT_TYPE", "CONTENT_TRANSFER_ENCODING"})
"""Variables that instruct cron."""
OF_THE_USER = frozenset({"HOME", "LOGNAME", "PATH", "SHELL", "USER"})
"""Variables that a task has from the user of its worker unless the crontab sets them; cron sets LOGNAME and USER."""


def imported(text: str, *, is_system: bool) -> dict[int, CrontabJob]:
    kind = CrontabKind.SYSTEM if is_system else CrontabKind.USER
    return {job.line: job for job in parse_crontab(text, timezone=ZONE, kind=kind)}


def starts_of(job: CrontabJob, begin: datetime, end: datetime) -> list[datetime]:
    expression = CronExpression.parse(job.schedule, hash_key=job.name)
    return list(takewhile(lambda at: at < end, expression.iterate(begin, zone=ZoneInfo(job.timezone))))


def is_read_otherwise(job: CrontabJob) -> bool:
    return any(note.startswith("cron ") and "the task" in note for note in job.notes if "cron ran it as" not in note)


def assert_same_command(job: CrontabJob, entry: Entry) -> None:
    """The command of the task is that of cron, by the same shell, with the same input."""
    command = job.command
    if entry.shell not in ("/bin/sh", "/usr/bin/sh", ""):
        assert command.startswith(f"#!{entry.shell}\n")
        command = command.partition("\n")[2]
    if command != entry.command:
        body = f"{{\n{entry.command}\n}} "
        assert command.startswith(body)
        redirection = command.removeprefix(body)
        if not entry.given:
            assert redirection == "</dev/null"
        else:
            mark = re.match(r"<<'(\w+)'\n", redirection)
            assert mark is not None
            # After a backslash at its end cronie ends the input without a line feed, which a shell cannot.
            assert redirection == f"{mark[0]}{entry.given}{'' if entry.given.endswith(LF) else LF}{mark[1]}"
            assert mark[1] not in entry.given.splitlines()
    else:
        assert not entry.given


def assert_same_environment(job: CrontabJob, entry: Entry) -> None:
    wanted = {name: value for name, value in entry.environment.items() if re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII)}
    for name in (wanted.keys() | job.environment.keys()) - OF_CRON - OF_THE_USER:
        assert job.environment.get(name) == wanted.get(name), name
    for name in OF_THE_USER & job.environment.keys():
        assert job.environment[name] == wanted[name]
    if "HOME" in job.environment and entry.directory.startswith("/"):
        assert job.working_directory == entry.directory
    else:
        assert job.working_directory is None


def check(text: str, *, is_system: bool, windows: Sequence[tuple[datetime, datetime]] = WINDOWS) -> None:
    jobs = imported(text, is_system=is_system)
    run_by_cron = {entry.line: entry for entry in entries(text, is_system=is_system)}
    for entry in run_by_cron.values():
        job = jobs[entry.line]
        if job.problem is not None:
            continue
        assert_same_command(job, entry)
        assert_same_environment(job, entry)
        if entry.has_random or is_read_otherwise(job):
            continue
        for begin, end in windows:
            if job.timezone == ZONE:
                expected = list(entry.starts(begin, end, zone=ZoneInfo(ZONE)))
                assert starts_of(job, begin, end) == expected, (job.schedule, begin)
    for job in jobs.values():
        if job.problem is None:
            assert job.line in run_by_cron or is_read_otherwise(job), f"no note: cron refuses line {job.line}"


@fuzzed(150)
@given(crontabs(), st.sampled_from(SHORT_WINDOWS))
def test_generated_crontabs(drawn: tuple[str, bool], window: tuple[datetime, datetime]) -> None:
    text, is_system = drawn
    check(text, is_system=is_system, windows=[window])


@pytest.mark.parametrize("crontab", CORPUS, ids=lambda one: one.name)
def test_crontabs_of_systems(crontab: Crontab) -> None:
    check(crontab.text, is_system=crontab.is_system)


@pytest.mark.parametrize("crontab", CORPUS, ids=lambda one: one.name)
def test_the_oracle_starts_what_cronie_started(crontab: Crontab) -> None:
    predicted: dict[Recorded, list[datetime]] = {}
    for entry in entries(crontab.text, is_system=crontab.is_system):
        for begin, end in WINDOWS:
            at = list(entry.starts(begin, end, zone=ZoneInfo(ZONE)))
            if at and "CRON_TZ" not in entry.environment:
                predicted.setdefault(Recorded.of(entry), []).extend(at)
    recorded = {
        start: at for start, at in crontab.recorded.items() if not any("CRON_TZ=" in one for one in start.environment)
    }
    assert {start: sorted(at) for start, at in predicted.items()} == recorded


@pytest.mark.parametrize("crontab", CORPUS, ids=lambda one: one.name)
def test_each_crontab_becomes_the_expected_tasks(crontab: Crontab) -> None:
    assert [
        shown(job) for job in imported(crontab.text, is_system=crontab.is_system).values()
    ] == crontab.expected_import
    for job in imported(crontab.text, is_system=crontab.is_system).values():
        if job.problem is None:
            TaskFields.model_validate(job.fields(folder="crontab"))


def shown(job: CrontabJob) -> dict[str, object]:
    """Return what is known of a job, without what is empty."""
    fields = {name: getattr(job, name) for name in CrontabJob.__dataclass_fields__}
    fields |= {"environment": dict(job.environment), "notes": list(job.notes)}
    return {name: value for name, value in fields.items() if value not in (None, {}, [])}


@pytest.mark.parametrize(
    "crontab", [one for one in CORPUS if one.name not in WITH_WRONG_LINES], ids=lambda one: one.name
)
def test_the_column_of_users_is_never_guessed_wrong(crontab: Crontab) -> None:
    wrong = CrontabKind.USER if crontab.is_system else CrontabKind.SYSTEM
    assert crontab_kind(crontab.text) is not wrong


def test_a_zone_of_the_crontab_is_that_of_its_times() -> None:
    [crontab] = [one for one in CORPUS if one.name == "user/timezones"]
    begin, end = WINDOWS[0]
    recorded = {start.command: [at for at in ats if begin < at < end] for start, ats in crontab.recorded.items()}
    jobs = imported(crontab.text, is_system=False).values()
    assert {job.command: starts_of(job, begin, end) for job in jobs} == recorded
    assert datetime(2026, 1, 31, 14, tzinfo=UTC) in recorded["/opt/report new-york"]
