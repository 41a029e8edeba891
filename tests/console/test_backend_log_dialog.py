"""The log of the local backend."""

from pathlib import Path

from console.backend_log_dialog import readable, tail


def test_the_end_of_a_log_begins_with_a_whole_line(tmp_path: Path) -> None:
    path = tmp_path / "log"
    assert tail(path) == ""
    path.write_text("".join(f"line {number}\n" for number in range(100)))
    assert tail(path, 21) == "line 98\nline 99\n"
    assert tail(path).startswith("line 0\n")


def test_entries_are_readable_in_either_form() -> None:
    as_json = '{"event": "failed", "level": "error", "timestamp": "2026-03-01T08:00:00Z", "run": 7, "exception": "x"}'
    assert readable(f"{as_json}\n2026-03-01T08:00:01Z [info     ] ready\n").split(" ", 2)[2] == (
        "error    failed  run=7\n    x\n" + readable("2026-03-01T08:00:01Z [info     ] ready")
    )
    assert readable("") == ""
