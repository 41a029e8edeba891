"""The log of the local backend."""

from pathlib import Path

from console.backend_log_dialog import tail


def test_the_end_of_a_log_begins_with_a_whole_line(tmp_path: Path) -> None:
    path = tmp_path / "log"
    assert tail(path) == ""
    path.write_text("".join(f"line {number}\n" for number in range(100)))
    assert tail(path, 21) == "line 98\nline 99\n"
    assert tail(path).startswith("line 0\n")
