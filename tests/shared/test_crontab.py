import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.crontab import CrontabJob, parse_crontab
from shared.models.task import TaskFields

SYSTEM = """\
# /etc/crontab: system-wide crontab
SHELL=/bin/sh
PATH=/usr/local/sbin:/usr/local/bin

# m h dom mon dow user  command
17 *  * * *   root    cd / && run-parts --report /etc/cron.hourly
25 6  * * 7   root    test -x /usr/sbin/anacron || run-parts /etc/cron.weekly
"""


def one(text: str, **options: object) -> CrontabJob:
    jobs = parse_crontab(text, **options)  # type: ignore[arg-type]
    assert len(jobs) == 1
    return jobs[0]


def test_comments_right_above_a_line_describe_it() -> None:
    text = "# Not this one\n\n# Backs up the shop.\n# Takes an hour.\n0 3 * * 1-5 /usr/local/bin/backup.sh --all\n"
    job = one(text)
    assert job.description == "Backs up the shop.\nTakes an hour."
    assert (job.schedule, job.command, job.name, job.line) == (
        "0 3 * * 1-5",
        "/usr/local/bin/backup.sh --all",
        "backup",
        5,
    )


def test_variables_hold_for_the_lines_below_them() -> None:
    text = "A=1\n0 * * * * first\nB = 'two words'\nA=\"\"\n5 * * * * second\n"
    first, second = parse_crontab(text)
    assert first.environment == {"A": "1"}
    assert second.environment == {"A": "", "B": "two words"}


def test_a_system_crontab_is_known_by_its_users() -> None:
    hourly, weekly = parse_crontab(SYSTEM)
    assert (hourly.user, hourly.command, hourly.name) == (
        "root",
        "cd / && run-parts --report /etc/cron.hourly",
        "run-parts",
    )
    assert "It ran as root" in hourly.notes[0]
    assert (weekly.schedule, weekly.name) == ("25 6 * * 7", "run-parts-2")
    assert hourly.environment == {"PATH": "/usr/local/sbin:/usr/local/bin"}
    assert one("0 1 * * * alice /bin/x", has_users=True).user == "alice"
    assert one("0 1 * * * alice /bin/x").command == "alice /bin/x"


def test_reboot_is_refused_with_a_reason() -> None:
    job = one("@reboot /opt/start.sh")
    assert job.problem is not None
    assert "has no time" in job.problem
    assert one("@daily /opt/x").problem is None


def test_mailto_is_left_with_a_note_and_an_empty_one_is_not() -> None:
    first, second = parse_crontab("MAILTO=ops@example.org\n0 1 * * * a\nMAILTO=\n0 2 * * * b\n")
    assert "MAILTO=ops@example.org is not taken over" in first.notes[0]
    assert first.environment == {}
    assert second.notes == ()


def test_cron_tz_is_the_zone_of_what_follows() -> None:
    before, after = parse_crontab("0 1 * * * a\nCRON_TZ=Asia/Shanghai\n0 1 * * * b\n", timezone="Europe/Berlin")
    assert (before.timezone, after.timezone) == ("Europe/Berlin", "Asia/Shanghai")
    wrong = one("CRON_TZ=Mars/Olympus\n0 1 * * * b\n")
    assert wrong.problem is not None
    assert "CRON_TZ" in wrong.problem


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("0 1 * * * date +\\%F", "date +%F"),
        ("0 1 * * * mail -s hi bob%Hello,%%Bye\\%", "(mail -s hi bob) <<'END_OF_INPUT'\nHello,\n\nBye%\nEND_OF_INPUT"),
        ("0 1 * * * cat%END_OF_INPUT", "(cat) <<'END_OF_INPUT_'\nEND_OF_INPUT\nEND_OF_INPUT_"),
    ],
)
def test_percent_signs_mean_what_they_mean_to_cron(line: str, command: str) -> None:
    assert one(line).command == command


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("61 * * * * x", "minute"),
        ("just some words", "is no line of a crontab"),
        ("0 1 * * *", "is no line of a crontab"),
        ("0~30 1 * * * x", "random time"),
        ("0 0 30 2 * x", "no such date"),
        ("@often x", "not known"),
    ],
)
def test_a_line_that_cannot_be_taken_says_why(line: str, says: str) -> None:
    problem = one(line).problem
    assert problem is not None
    assert says in problem


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("cd /srv/app && ./bin/rotate-logs.sh >/dev/null 2>&1", "rotate-logs"),
        ("/usr/bin/python3 /opt/jobs/report.py --all", "report"),
        ("HOME=/root nice -n 19 /usr/bin/updatedb", "updatedb"),
        ("flock -n /tmp/lock /opt/sync", "sync"),
        ("[ -x /usr/sbin/logrotate ] && /usr/sbin/logrotate /etc/logrotate.conf", "logrotate"),
    ],
)
def test_a_task_is_named_for_the_program_it_runs(command: str, name: str) -> None:
    assert one(f"0 1 * * * {command}").name == name


def test_another_shell_becomes_the_interpreter() -> None:
    assert one("SHELL=/bin/bash\n0 1 * * * echo ${A[0]}").command == "#!/bin/bash\necho ${A[0]}"


@given(st.text(alphabet="01*/,-@ #%=\\abAZ\n\t'\"&~", max_size=300))
def test_any_text_is_read_and_what_has_no_problem_is_a_task(text: str) -> None:
    jobs = parse_crontab(text)
    assert len({job.name for job in jobs}) == len(jobs)
    for job in jobs:
        if job.problem is None:
            fields = {name: value for name, value in job.fields(folder="crontab").items() if name != "environment"}
            TaskFields.model_validate(fields)
