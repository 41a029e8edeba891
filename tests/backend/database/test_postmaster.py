"""PostgreSQL's own record of the server of a data directory."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.database.postmaster import FILE, Postmaster, parse, read, until_ready

WHOLE = ["4242", "/data", "1712346200", "5432", "/run/sockets", "", "  8826964     65536", "ready   "]
ENDED = 2**22 + 1
"""More than the greatest pid of Linux."""


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (WHOLE, Postmaster(4242, 5432, "/run/sockets", "", is_ready=True)),
        ([*WHOLE[:7], "starting"], Postmaster(4242, 5432, "/run/sockets", "", is_ready=False)),
        ([*WHOLE[:4], "", "127.0.0.1", *WHOLE[6:]], Postmaster(4242, 5432, "", "127.0.0.1", is_ready=True)),
        (WHOLE[:7], None),
        (["-4242", *WHOLE[1:]], None),
        (["", *WHOLE[1:]], None),
        ([], None),
    ],
)
def test_the_lines_of_the_file(lines: list[str], expected: Postmaster | None) -> None:
    assert parse(lines) == expected


@given(st.lists(st.text()))
def test_torn_lines_are_no_server_and_no_fault(lines: list[str]) -> None:
    assert parse(lines) is None or len(lines) >= len(WHOLE)


def test_a_missing_file_is_no_server(tmp_path: Path) -> None:
    assert read(tmp_path) is None


def test_a_server_that_has_ended_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("\n".join([str(ENDED), *WHOLE[1:]]))
    with pytest.raises(ChildProcessError, match="has ended"):
        until_ready(tmp_path, 60)


def test_a_server_that_is_never_ready_is_given_up(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("\n".join([str(os.getpid()), *WHOLE[1:7], "starting"]))
    with pytest.raises(TimeoutError, match="not ready after 0 s"):
        until_ready(tmp_path, 0)
