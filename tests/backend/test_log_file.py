import io
from pathlib import Path

from backend.log_file import LogFile, log_path


def test_a_log_goes_to_both_and_without_styles_to_the_file(tmp_path: Path) -> None:
    stream = io.StringIO()
    log = LogFile(log_path(tmp_path), stream)
    log.write("\x1b[32mready\x1b[0m\n")
    log.write_to_file("only here\n")
    log.close()
    assert stream.getvalue() == "\x1b[32mready\x1b[0m\n"
    assert log_path(tmp_path).read_text() == "ready\nonly here\n"


def test_a_log_is_rotated_by_size_and_the_oldest_goes(tmp_path: Path) -> None:
    path = log_path(tmp_path)
    log = LogFile(path, io.StringIO(), most_bytes=10, kept=2)
    for number in range(8):
        log.write(f"line number {number}\n")
    log.close()
    names = sorted(one.name for one in path.parent.iterdir())
    assert names == ["backend.log", "backend.log.1", "backend.log.2"]
    assert path.read_text() == "line number 7\n"
    assert path.with_name("backend.log.1").read_text() == "line number 6\n"


def test_a_log_that_cannot_be_written_ends_nothing(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    stream = io.StringIO()
    log = LogFile(log_path(tmp_path), stream)
    assert log.write("goes on\n") == 8
    assert stream.getvalue() == "goes on\n"
