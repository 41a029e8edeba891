"""Timers of systemd become tasks that run the same commands; what cannot be expressed is said for each unit."""

import subprocess
from typing import Any

import pytest

from shared.models.task import TaskFields
from shared.systemd.importing import TimerTask, import_timers
from shared.systemd.time_spans import TimeSpanError, read_time_span
from shared.systemd.unit_file import Unit, UnitError, quoted, split_words

SERVICE = "[Service]\nType=oneshot\nExecStart=/usr/bin/true\n"


def read(timer: str, service: str | None = SERVICE, *, name: str = "backup") -> list[TimerTask]:
    files = {f"{name}.timer": timer, f"{name}.service": service}

    def unit(wanted: str) -> Unit | None:
        text = files.get(wanted)
        if text is None:
            return None
        found = Unit(wanted)
        found.read(text)
        return found

    return import_timers([f"{name}.timer"], unit, timezone="Europe/Berlin", folder="systemd")


def only(timer: str, service: str | None = SERVICE) -> TimerTask:
    (found,) = read(timer, service)
    return found


def fields_of(service: str) -> dict[str, Any]:
    found = only("[Timer]\nOnCalendar=daily\n", service)
    assert found.problem is None, found.problem
    TaskFields.model_validate(found.fields)
    return dict(found.fields)


def test_a_timer_and_its_service_become_a_task() -> None:
    found = only(
        "[Timer]\n# at night\nOnCalendar=Mon..Fri 02:30\nRandomizedDelaySec=5min\nPersistent=true\nAccuracySec=1us\n",
        """
[Unit]
Description=Back up
[Service]
Type=oneshot
ExecStart=/usr/bin/tar czf /srv/%p.tgz \\
    "/home/two words"
User=backup
WorkingDirectory=/srv
Environment=MODE=full "LEVEL=two words"
Environment=LAST=100%%
TimeoutStartSec=1h 30min
LimitNOFILE=1024:2048
Nice=10
""",
    )
    assert found.problem is None
    assert found.fields == {
        "name": "backup",
        "executor": "shell",
        "folder": "systemd",
        "description": "Back up",
        "schedule": "30 2 * * 1-5",
        "timezone": "Europe/Berlin",
        "overlap_policy": "skip",
        "command": "/usr/bin/tar czf /srv/backup.tgz '/home/two words'",
        "timeout_seconds": 5400,
        "environment": {"MODE": "full", "LEVEL": "two words", "LAST": "100%"},
        "run_as": "backup",
        "working_directory": "/srv",
        "max_open_files": 1024,
        "misfire_policy": "fire_once",
        "jitter_seconds": 300,
    }
    TaskFields.model_validate(found.fields)
    assert [note for note in found.notes if "cannot be expressed" in note] == [
        "backup.service: Nice= cannot be expressed."
    ]


def test_each_time_of_a_timer_is_a_task_of_its_own() -> None:
    found = read("[Timer]\nOnCalendar=daily\nOnCalendar=*-*-* 12:00 UTC\nOnUnitActiveSec=15min\nOnBootSec=1min\n")
    assert [(one.name, one.fields["schedule"], one.fields["timezone"]) for one in found] == [
        ("backup", "0 0 * * *", "Europe/Berlin"),
        ("backup-2", "0 12 * * *", "UTC"),
        ("backup-3", "every 15m", "UTC"),
    ]


def test_an_empty_value_discards_those_before_it() -> None:
    assert only("[Timer]\nOnCalendar=daily\nOnCalendar=\nOnUnitInactiveSec=90\n").fields["schedule"] == "after 1m30s"


@pytest.mark.parametrize(
    ("timer", "service", "says"),
    [
        ("[Timer]\nOnBootSec=5min\n", SERVICE, "OnBootSec"),
        ("[Timer]\n", SERVICE, "no time at all"),
        ("[Timer]\nOnCalendar=Mon *-*-13\n", SERVICE, "cannot be expressed"),
        ("[Timer]\nOnUnitActiveSec=100ms\n", SERVICE, "shorter than a second"),
        ("[Timer]\nOnUnitActiveSec=0\n", SERVICE, "at once"),
        ("[Timer]\nOnCalendar=daily\n", None, "backup.service is not there"),
        ("[Timer]\nOnCalendar=daily\n", "[Service]\nType=notify\nExecStart=/bin/true\n", "Type=notify"),
        ("[Timer]\nOnCalendar=daily\n", "[Service]\nType=oneshot\n", "no ExecStart"),
        ("[Timer]\nOnCalendar=daily\n", SERVICE.replace("true", "true %H"), "specifier %H"),
        ("[Timer]\nOnCalendar=daily\n", "[Service]\nExecStart=@/bin/sh x\n", "another name"),
        ("[Timer]\nOnCalendar=daily\nnonsense\n", SERVICE, "is not a setting"),
        ("[Timer]\nOnCalendar=daily\nPersistent=maybe\n", SERVICE, "neither yes nor no"),
    ],
)
def test_a_timer_that_becomes_no_task_says_why(timer: str, service: str | None, says: str) -> None:
    found = only(timer, service)
    assert found.problem is not None
    assert says in found.problem


@pytest.mark.parametrize(
    ("lines", "output"),
    [
        ('ExecStart=/bin/echo "a  b" c\\x20d', "a  b c d\n"),
        ("ExecStart=/bin/echo ${TWO} $TWO x$TWO", "a  b a b x$TWO\n"),
        ("ExecStart=/bin/echo $$HOME 'it''s' 100%%", "$HOME its 100%\n"),
        ("ExecStart=/bin/echo pre${TWO}post", "prea  bpost\n"),
        ("ExecStart=-/bin/false\nExecStart=/bin/echo on", "on\n"),
        (
            "ExecStartPre=/bin/echo one\nExecStart=/bin/echo two ; /bin/echo three\nExecStartPost=/bin/echo four",
            "one\ntwo\nthree\nfour\n",
        ),
        ("ExecStart=/bin/sh -c 'echo $$((1 + 1)); for i in a b; do echo $$i; done'", "2\na\nb\n"),
        ("ExecStart=/bin/sh -c 'echo ${TWO}'", "a b\n"),
        ("ExecStart=/bin/echo a;b \\;", "a;b ;\n"),
        ('ExecStart=/bin/echo "*" "`x`" "$(x)"', "* `x` $(x)\n"),
        ("ExecStart=:/bin/echo $TWO ${TWO}", "$TWO ${TWO}\n"),
    ],
)
def test_the_command_does_what_the_service_does(lines: str, output: str) -> None:
    fields = fields_of(f"[Service]\nType=oneshot\n{lines}\n")
    done = subprocess.run(
        ["/bin/sh", "-c", fields["command"]],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={"TWO": "a  b", "PATH": "/usr/bin:/bin"},
    )
    assert done.stdout == output


def test_a_failure_before_the_command_ends_it() -> None:
    fields = fields_of("[Service]\nExecStartPre=/bin/false\nExecStart=/bin/echo on\n")
    done = subprocess.run(["/bin/sh", "-c", fields["command"]], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("15min", 900), ("1h 30min", 5400), ("2 weeks", 1_209_600), ("1.5h", 5400), ("1d2h3s", 93_603)],
)
def test_a_time_span_is_that_of_systemd(text: str, seconds: int) -> None:
    assert read_time_span(text).total_seconds() == seconds


@pytest.mark.parametrize("text", ["soon", "", "5 parsecs", "1h x", "-5min"])
def test_what_is_no_time_span_is_refused(text: str) -> None:
    with pytest.raises(TimeSpanError):
        read_time_span(text)


@pytest.mark.parametrize(
    "word", ["plain", "two words", "", 'a "quote"', "it's", "back\\slash", "100%", "$HOME", "line\nbreak", "\t", "é…😀"]
)
def test_a_quoted_word_is_read_as_it_was(word: str) -> None:
    ((found, _),) = split_words(quoted(word).replace("%%", "%"))
    assert found == word


@pytest.mark.parametrize("text", ['"open', "\\x4", "\\uZZZZ"])
def test_a_broken_word_is_refused(text: str) -> None:
    with pytest.raises(UnitError):
        split_words(text)
