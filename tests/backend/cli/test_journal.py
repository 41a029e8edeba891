"""`taskdeck logs --system`: a journal that systemd wrote, read by its journalctl."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backend.cli.journal import JournalReader, JournalSource
from backend.system_service import UnitName
from shared.errors import StartupError
from shared.log_lines import LogLine
from tests.backend.cli.test_cli import CommandLine

BEGIN = datetime(2026, 3, 1, 8, tzinfo=UTC)
JOURNALD_PIECE = 48 * 1024
WRITER = shutil.which("systemd-journal-remote", path=f"{os.environ['PATH']}:/usr/lib/systemd:/lib/systemd")
JOURNALCTL = shutil.which("journalctl")

NO_JOURNAL = "journalctl or systemd-journal-remote is not installed: installer/system-packages.sh test"


class Journal:
    """Records of the service `taskdeck-backend`, in a file as journald writes them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._count = 0

    def write(self, *records: dict[str, str]) -> None:
        """Append records, each a minute after the one before."""
        assert WRITER is not None
        output = f"--output={self.folder / 'system.journal'}"
        exported = b"".join(map(self._exported, records))
        subprocess.run([WRITER, output, "-"], input=exported, check=True, capture_output=True, timeout=60)

    def _exported(self, record: dict[str, str]) -> bytes:
        self._count += 1
        at = int((BEGIN + timedelta(minutes=self._count)).timestamp() * 1_000_000)
        fields = {
            "__REALTIME_TIMESTAMP": str(at),
            "__MONOTONIC_TIMESTAMP": str(self._count),
            "_BOOT_ID": "0" * 31 + "1",
            "_SYSTEMD_UNIT": "taskdeck-backend.service",
            "PRIORITY": "6",
            **record,
        }
        return b"".join(_exported_field(name, value.encode()) for name, value in fields.items()) + b"\n"


def _exported_field(name: str, value: bytes) -> bytes:
    """Return a field in the export format of journals, where a value of several lines has its length before it."""
    if b"\n" in value:
        return name.encode() + b"\n" + len(value).to_bytes(8, "little") + value + b"\n"
    return name.encode() + b"=" + value + b"\n"


def written(text: str, *, stream: str = "1") -> list[dict[str, str]]:
    """Return what journald makes of a line that the service writes to its standard error."""
    pieces = [text[begin : begin + JOURNALD_PIECE] for begin in range(0, len(text), JOURNALD_PIECE)]
    common = {"_TRANSPORT": "stdout", "_STREAM_ID": stream * 32, "_PID": "77"}
    cut = [{"MESSAGE": piece, "_LINE_BREAK": "line-max", **common} for piece in pieces[:-1]]
    return [*cut, {"MESSAGE": pieces[-1], **common}]


def entry(event: str, level: str = "info", **values: object) -> str:
    return json.dumps({"event": event, "level": level, "timestamp": BEGIN.isoformat(), **values})


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Journal:
    """Where journalctl reads the journal from: it is the machine's own otherwise."""
    if WRITER is None or JOURNALCTL is None:
        if os.environ.get("CI"):
            pytest.fail(NO_JOURNAL)
        pytest.skip(NO_JOURNAL)
    folder = tmp_path / "journal"
    folder.mkdir()
    program = tmp_path / "bin" / "journalctl"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {JOURNALCTL} --directory={folder} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return Journal(folder)


def everything(source: JournalSource) -> list[LogLine]:
    return source.newest(lambda _: True, count=None, since=None)


def test_the_journal_is_read_with_what_systemd_says_about_the_service(journal: Journal) -> None:
    of_systemd = {"_SYSTEMD_UNIT": "init.scope", "UNIT": "taskdeck-backend.service", "_PID": "1"}
    journal.write(
        {"MESSAGE": "Started taskdeck-backend.service.", **of_systemd},
        *written(entry("ready", url="http://x")),
        {"MESSAGE": "of another service", "_SYSTEMD_UNIT": "taskdeck-worker.service"},
        {"PRIORITY": "3"},
        {"MESSAGE": "killed \x1b[2J 备份", "PRIORITY": "3", **of_systemd},
    )
    found = everything(JournalSource(UnitName.BACKEND))
    assert [(line.message, line.level) for line in found] == [
        ("Started taskdeck-backend.service.", "info"),
        ("ready", "info"),
        ("killed \x1b[2J 备份", "error"),
    ]
    assert found[0].at == BEGIN + timedelta(minutes=1)
    assert found[1].fields == {"url": "http://x"}


def test_long_entries_are_whole(journal: Journal) -> None:
    """A message is abbreviated by journalctl from 4 KiB on, and a line cut by journald at 48 KiB."""
    traceback, text = "Traceback\n" + "  line\n" * 1_000 + "ValueError: x", "x" * 150_000
    journal.write(*written(entry("failed", "error", exception=traceback)), *written(entry("long", text=text)))
    failed, long = everything(JournalSource(UnitName.BACKEND))
    assert (failed.message, failed.level, failed.detail) == ("failed", "error", traceback)
    assert (long.message, long.fields) == ("long", {"text": text})


def test_a_traceback_in_text_belongs_to_its_entry_alone(journal: Journal) -> None:
    journal.write(
        *written("2026-03-01T08:00:00Z [error    ] It failed.   run_id=7"),
        *written("Traceback (most recent call last):"),
        *written("of a child process", stream="2"),
        *written("ZeroDivisionError: division by zero"),
        *written("2026-03-01T08:00:01Z [info     ] ready"),
    )
    found = everything(JournalSource(UnitName.BACKEND))
    assert [(line.message, line.level, line.detail) for line in found] == [
        ("It failed.   run_id=7", "error", "Traceback (most recent call last):"),
        ("of a child process", "info", ""),
        ("ZeroDivisionError: division by zero", "info", ""),
        ("ready", "info", ""),
    ]


def test_the_newest_that_are_shown_are_found_behind_many_that_are_not(journal: Journal) -> None:
    """More than the records that are read first."""
    journal.write(
        *written(entry("first", "error")),
        *written(entry("second", "error")),
        *(record for number in range(2_500) for record in written(entry(f"request {number}"))),
    )
    source = JournalSource(UnitName.BACKEND)
    errors = source.newest(lambda line: line.level == "error", count=1, since=None)
    assert [line.message for line in errors] == ["second"]
    newest = source.newest(lambda _: True, count=2, since=None)
    assert [line.message for line in newest] == ["request 2498", "request 2499"]
    since = source.newest(lambda _: True, count=None, since=BEGIN + timedelta(minutes=2_502))
    assert [line.message for line in since] == ["request 2499"]


def test_following_begins_where_reading_ended(journal: Journal) -> None:
    journal.write(*written(entry("before")))
    source = JournalSource(UnitName.BACKEND)
    assert [line.message for line in everything(source)] == ["before"]
    journal.write(*written(entry("between")))
    followed = source.follow(lambda: None)
    assert next(followed).message == "between"
    journal.write(*written(entry("after")), *written(entry("x" * 50_000)))
    assert next(followed).message == "after"
    assert next(followed).message == "x" * 50_000
    assert isinstance(followed, Iterator)


def test_the_command_shows_a_service(journal: Journal, tmp_path: Path) -> None:
    taskdeck = CommandLine(tmp_path, {"PATH": os.environ["PATH"], "TASKDECK_DATA_DIR": str(tmp_path / "none")})
    journal.write(*written(entry("ready", run_id=7)), *written(entry("备份", "error", exception="Traceback\nbroken")))
    shown = taskdeck("logs", "--system", "backend").stdout
    assert "ready  run_id=7" in shown
    assert "    broken" in shown
    [found] = json.loads(taskdeck("logs", "--system", "backend", "--level", "error", "--json").stdout)
    assert (found["event"], found["exception"]) == ("备份", "Traceback\nbroken")


def test_a_journal_that_cannot_be_read_is_an_error(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    (journal.folder / "system.journal").write_bytes(b"not a journal" * 100)
    with pytest.raises(StartupError, match=r"The journal cannot be read \(root and members"):
        everything(JournalSource(UnitName.BACKEND))
    monkeypatch.setenv("PATH", str(journal.folder))
    with pytest.raises(StartupError, match="no journal"):
        JournalSource(UnitName.BACKEND)


def test_what_is_no_record_is_passed_over() -> None:
    reader = JournalReader()
    good = json.dumps({"MESSAGE": list(b"killed \xff"), "__REALTIME_TIMESTAMP": "0"}).encode()
    bad = (b"not json", b"[]", b"5", b'{"MESSAGE": ["a", "b"]}', b'{"MESSAGE": "x", "PRIORITY": "many"}')
    assert [line.message for line in reader.feed([*bad, good])] == []
    assert [line.message for line in reader.finish()] == ["killed �"]
