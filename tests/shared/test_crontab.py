import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.crontab.kind import CrontabKind, crontab_kind
from shared.crontab.parse import CrontabJob, parse_crontab
from shared.crontab.syntax import decode_crontab
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
    assert "cron ran it as root" in hourly.notes[0]
    assert (weekly.schedule, weekly.name) == ("25 6 * * 7", "run-parts-2")
    assert hourly.environment == {"SHELL": "/bin/sh", "PATH": "/usr/local/sbin:/usr/local/bin"}
    assert one("0 1 * * * alice /bin/x", kind=CrontabKind.SYSTEM).user == "alice"
    assert one("0 1 * * * alice /bin/x").command == "alice /bin/x"


def test_reboot_is_refused_with_a_reason() -> None:
    job = one("@reboot /opt/start.sh")
    assert job.problem is not None
    assert "has no time" in job.problem
    assert one("@daily /opt/x").problem is None


def test_mailto_is_only_a_variable_and_a_note_says_so_unless_it_is_empty() -> None:
    first, second = parse_crontab("MAILTO=ops@example.org\n0 1 * * * a\nMAILTO=\n0 2 * * * b\n")
    assert "No mail is sent to MAILTO=ops@example.org" in first.notes[0]
    assert first.environment == {"MAILTO": "ops@example.org"}
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
        (
            "0 1 * * * mail -s hi bob%Hello,%%Bye\\%",
            "{\nmail -s hi bob\n} <<'END_OF_INPUT'\nHello,\n\nBye%\nEND_OF_INPUT",
        ),
        ("0 1 * * * cat%END_OF_INPUT", "{\ncat\n} <<'END_OF_INPUT_'\nEND_OF_INPUT\nEND_OF_INPUT_"),
        ("0 1 * * * wc -c%", "{\nwc -c\n} </dev/null"),
    ],
)
def test_percent_signs_mean_what_they_mean_to_cron(line: str, command: str) -> None:
    assert one(line).command == command


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("61 * * * * x", "minute"),
        ("just some words", "is not a line of a crontab"),
        ("0 1 * * *", "has no command"),
        ("@every 5m x", "every 5m"),
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
        ("cd /srv/app && php artisan schedule:run >> /dev/null 2>&1", "artisan"),
        ("command -v debian-sa1 > /dev/null && debian-sa1 1 1", "debian-sa1"),
        ("sleep 15; /opt/check.sh --fast", "check"),
        ("python3 -c 'import this'", "python3"),
        ("[ -x /usr/sbin/logrotate ] && /usr/sbin/logrotate /etc/logrotate.conf", "logrotate"),
    ],
)
def test_a_task_is_named_for_the_program_it_runs(command: str, name: str) -> None:
    assert one(f"0 1 * * * {command}").name == name


def test_another_shell_becomes_the_interpreter() -> None:
    assert one("SHELL=/bin/bash\n0 1 * * * echo ${A[0]}").command == "#!/bin/bash\necho ${A[0]}"


DEBIAN = b"17 *\t* * *\troot\tcd / && run-parts --report /etc/cron.hourly\n"
BSD = b"0\t*\t*\t*\t*\troot\tnewsyslog\n"
MUNIN = b"""\
MAILTO=root

*/5 * * * *     munin if [ -x /usr/bin/munin-cron ]; then /usr/bin/munin-cron; fi
14 10 * * *     munin if [ -x /usr/share/munin/munin-limits ]; then /usr/share/munin/munin-limits --force; fi
"""
MINE = b"0 3 * * * backup --all\n30 4 * * 0 git gc\n"


def test_separators_are_blanks_of_any_kind() -> None:
    for content, command in ((DEBIAN, "cd / && run-parts --report /etc/cron.hourly"), (BSD, "newsyslog")):
        job = one(decode_crontab(content)[0], kind=CrontabKind.SYSTEM)
        assert (job.user, job.command) == ("root", command)


@pytest.mark.parametrize(
    ("content", "path", "kind"),
    [
        (DEBIAN, "", CrontabKind.SYSTEM),
        (MUNIN, "", CrontabKind.SYSTEM),
        (MINE, "", CrontabKind.USER),
        (b"0 3 * * * git gc\n", "", CrontabKind.UNCLEAR),
        (b"0 3 * * * git gc\n", "/etc/cron.d/git", CrontabKind.SYSTEM),
        (b"0 3 * * * git gc\n", "/var/spool/cron/crontabs/me", CrontabKind.USER),
        (b"# m h dom mon dow user command\n0 3 * * * git gc\n", "", CrontabKind.SYSTEM),
        (b"0 3 * * * /usr/bin/backup\n", "", CrontabKind.USER),
        (b"* * * * * root x\n0 1 * * * root y\n@every 5m x\n", "", CrontabKind.SYSTEM),
        (b"* * * * * root x\n@fortnightly /bin/x\n", "", CrontabKind.SYSTEM),
        (b"* * * * * root x\n61 * * * * /bin/x\n", "", CrontabKind.SYSTEM),
        (b"* * * * * root x\n0 1 * * *\n", "", CrontabKind.SYSTEM),
        (b"* * * * * root x\n* * * * * * /bin/x\n", "", CrontabKind.SYSTEM),
        (b"* * * * * root x\n0 1 * * * -x y\n", "", CrontabKind.SYSTEM),
        (b"* * * * * root x\nnonsense\n", "", CrontabKind.SYSTEM),
        (b"* * * * * root x\n@reboot /bin/x\n", "", CrontabKind.USER),
        (b"* * * * * root x\n0~30 1 * * * /bin/x\n", "", CrontabKind.USER),
        (b"@every 5m root x\n0 3 * * * git gc\n", "", CrontabKind.UNCLEAR),
        (b"", "", CrontabKind.USER),
    ],
)
def test_a_user_column_is_never_guessed(content: bytes, path: str, kind: CrontabKind) -> None:
    assert crontab_kind(decode_crontab(content)[0], path=path) is kind


def test_what_is_not_utf8_is_read_byte_by_byte_and_a_byte_order_mark_is_left_out() -> None:
    text, is_utf8 = decode_crontab(
        "# Sichert die Datenbank der Buchhaltung für März\n0 3 * * * /opt/sichern\n".encode("latin-1")
    )
    assert not is_utf8
    assert one(text).description == "Sichert die Datenbank der Buchhaltung für März"
    text, is_utf8 = decode_crontab(b"\xef\xbb\xbf0 3 * * * /opt/x\r\n")
    assert is_utf8
    assert one(text).command == "/opt/x"


def test_only_a_line_feed_ends_a_line() -> None:
    assert one("0 3 * * * echo 'a\u2028b\x85c\x0bd'\n").command == "echo 'a\u2028b\x85c\x0bd'"


def test_home_is_where_commands_start() -> None:
    job = one("HOME=/srv/app\n0 3 * * * ./backup.sh\n")
    assert (job.working_directory, job.environment, job.notes) == ("/srv/app", {"HOME": "/srv/app"}, ())
    assert "home directory" in one("0 3 * * * ./backup.sh\n").notes[0]
    assert one("0 3 * * * /opt/backup.sh ../x >/dev/null 2>&1\n").working_directory is None


def test_a_long_command_is_not_ended_and_background_processes_are_mentioned() -> None:
    job = one("0 3 * * * /opt/three-hours\n")
    assert job.fields()["timeout_seconds"] == 604_800
    assert job.notes == ()
    for command in ("nohup /opt/x &", "/opt/x & ", "setsid /opt/x"):
        assert "background" in one(f"0 3 * * * {command}\n").notes[0]
    assert one("0 3 * * * a && b 2>&1\n").notes == ()


def test_a_minus_sign_only_silences_the_log_of_cron() -> None:
    assert one("-*/15 * * * * root /opt/x", kind=CrontabKind.SYSTEM).schedule == "*/15 * * * *"


def test_an_empty_cron_tz_is_the_zone_of_the_machine_again() -> None:
    first, second = parse_crontab("CRON_TZ=Asia/Tokyo\n0 1 * * * a\nCRON_TZ=\n0 1 * * * b\n", timezone="Europe/Berlin")
    assert (first.timezone, second.timezone) == ("Asia/Tokyo", "Europe/Berlin")


def test_a_random_range_becomes_a_hashed_one() -> None:
    job = one("0~29 ~ 1~ * ~5 x")
    assert (job.schedule, job.problem) == ("H(0-29) H H(1-31) * H(0-5)", None)


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        ("0 1 * * * wc -c%", "0\n"),
        ("0 1 * * * cat # note%hello", "hello\n"),
        ("0 1 * * * cat%a%%b", "a\n\nb\n"),
        ("0 1 * * * cat%a%", "a\n"),
        ("0 1 * * * echo 100\\%", "100%\n"),
        ("0 1 * * * cat%50\\% of \\x", "50% of \\x\n"),
        ("0 1 * * * (cat; echo end)%x", "x\nend\n"),
    ],
)
def test_commands_read_what_cron_would_give_them(line: str, printed: str) -> None:
    found = subprocess.run(
        ["/bin/sh", "-c", one(line).command], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True
    )
    assert found.stdout.lstrip(" ") == printed


@given(st.text(alphabet="01*/,-@ #%=\\abAZ\n\t'\"&~", max_size=300))
def test_any_text_is_read_and_what_has_no_problem_is_a_task(text: str) -> None:
    jobs = parse_crontab(text)
    assert len({job.name for job in jobs}) == len(jobs)
    for job in jobs:
        if job.problem is None:
            fields = {name: value for name, value in job.fields(folder="crontab").items() if name != "environment"}
            TaskFields.model_validate(fields)
