"""`taskdeck logs`: the log of a local backend, and its rotated files."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer

from backend.cli import logs as command
from backend.cli.connection_options import ConnectionOptions, set_options
from backend.cli.log_sources import FileSource
from backend.log_file import LogFile, log_path
from shared.errors import NotFoundError
from shared.log_lines import LogLine
from tests.backend.cli.test_cli import CommandLine
from tests.local_process import LocalProcess


def line(message: str, level: str = "info", *, minutes_ago: float = 0, **values: object) -> str:
    at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    return json.dumps({"event": message, "level": level, "timestamp": at.isoformat(), **values}) + "\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The data directory of a backend with a log in three files."""
    file = log_path(tmp_path)
    file.parent.mkdir()
    file.with_name("backend.log.2").write_text(line("oldest", minutes_ago=300))
    file.with_name("backend.log.1").write_text(line("older", "error", minutes_ago=200, exception="Traceback\nbroken"))
    file.write_text(
        line("slow", "warning", minutes_ago=30, run_id=7)
        + "2026-03-01T08:00:00Z [error    ] The backend ended: no space\nTraceback: in a file\n"
        + line("ready \x1b[2J备份")
    )
    set_options(ConnectionOptions(None, None, tmp_path, None, allows_http=False))
    return tmp_path


def shown(capsys: pytest.CaptureFixture[str], **options: object) -> str:
    command.logs(**options)  # type: ignore[arg-type]
    return capsys.readouterr().out


def test_all_files_are_shown_the_oldest_first(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys)
    places = [
        text.index(word) for word in ("oldest", "older", "broken", "slow  run_id=7", "no space", "in a file", "备份")
    ]
    assert places == sorted(places)
    assert "\x1b" not in text


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"level": command.Level.ERROR}, ["older", "The backend ended: no space"]),
        ({"since": "1h"}, ["slow", "ready \x1b[2J备份"]),
        ({"since": "1h", "level": command.Level.WARNING}, ["slow"]),
        ({"search": "RUN_ID=7"}, ["slow"]),
        ({"search": "traceback"}, ["older", "The backend ended: no space"]),
        ({"lines": 1}, ["ready \x1b[2J备份"]),
        ({"lines": 0}, []),
    ],
)
def test_entries_are_selected(
    folder: Path, capsys: pytest.CaptureFixture[str], options: dict[str, object], expected: list[str]
) -> None:
    found = json.loads(shown(capsys, as_json=True, **options))
    assert [entry["event"] for entry in found] == expected


def test_a_wrong_time_or_a_missing_log_is_said(folder: Path) -> None:
    with pytest.raises(typer.BadParameter, match="neither a duration nor an instant"):
        command.logs(since="yesterday")
    log_path(folder).unlink()
    with pytest.raises(NotFoundError, match="--system backend"):
        command.logs()


class _EndedError(Exception):
    pass


def _steps(*steps: Callable[[], object]) -> Callable[[], None]:
    """Return what waits for more: each time, one step is done, and after the last one it raises `_EndedError`."""
    left = list(steps)

    def wait() -> None:
        if not left:
            raise _EndedError
        left.pop(0)()

    return wait


def _collected(entries: Iterator[LogLine]) -> list[str]:
    found = []
    with suppress(_EndedError):
        for entry in entries:
            found.append(entry.message + entry.detail)  # noqa: PERF401 - what came before the error counts
    return found


def test_following_goes_on_after_a_rotation_and_joins_lines_that_come_in_pieces(tmp_path: Path) -> None:
    log = LogFile(log_path(tmp_path), io.StringIO(), most_bytes=600)
    log.write(line("before"))
    source = FileSource(log_path(tmp_path))
    assert [entry.message for entry in source.newest(lambda _: True, count=None, since=None)] == ["before"]
    log.write(line("between"))
    whole = line("in pieces")
    found = _collected(
        source.follow(
            _steps(
                lambda: log.write_to_file(whole[:20]),
                lambda: log.write_to_file(whole[20:]),
                lambda: [log.write(line(f"number {number}", text="x" * 200)) for number in range(5)],
                lambda: log.write("2026-03-01T08:00:00Z [error    ] failed\nTraceback\n"),
            )
        )
    )
    log.close()
    assert log_path(tmp_path).with_name("backend.log.1").exists()
    assert found[:2] == ["between", "in pieces"]
    assert found[-2:] == ["number 4", "failedTraceback"]


def test_the_log_of_a_running_backend_is_shown(local_backend: LocalProcess, tmp_path: Path) -> None:
    taskdeck = CommandLine(tmp_path, {"TASKDECK_DATA_DIR": str(local_backend.data_dir)})
    taskdeck("run", "show", "987654321", code=3)
    [refused] = [one for one in taskdeck.json("logs", "--search", "987654321") if one["event"] == "request"][-1:]
    assert (refused["method"], refused["status"], refused["level"]) == ("GET", 404, "info")
    assert "run_id=987654321" in taskdeck("logs", "--since", "1h", "-n", "100").stdout
