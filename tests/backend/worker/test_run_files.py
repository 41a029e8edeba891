"""What a command writes into the files that its run gives it, whatever it makes of them."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.worker.run_files import OUTPUT_VARIABLE, UPSTREAMS_VARIABLE, OutputError, RunFiles, read_progress


@pytest.fixture
async def files(tmp_path: Path) -> AsyncIterator[RunFiles]:
    async with RunFiles(tmp_path / "7-1") as opened:
        yield opened


def output_file(files: RunFiles) -> Path:
    return Path(files.variables[OUTPUT_VARIABLE])


@pytest.mark.parametrize(
    ("text", "progress"),
    [
        ("40 loading\n", (40.0, "loading")),
        ("10 begin\n55.5% half way\n", (55.5, "half way")),
        ("only words", (None, "only words")),
        ("250 beyond", (100.0, "beyond")),
        ("nan x", (0.0, "x")),
        ("\n \n", None),
        ("70", (70.0, "")),
        ("x\n" * 10_000 + "99 end\n", (99.0, "end")),
    ],
)
def test_the_last_line_of_progress_counts(tmp_path: Path, text: str, progress: object) -> None:
    file = tmp_path / "progress"
    file.write_text(text, encoding="utf-8")
    assert read_progress(file) == progress
    assert read_progress(tmp_path / "none") is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300))
def test_no_progress_file_breaks_the_worker(files: RunFiles, content: bytes) -> None:
    files.progress.write_bytes(content)
    progress = read_progress(files.progress)
    assert progress is None or len(progress[1]) <= 255


@pytest.mark.parametrize("kind", ["pipe", "link", "folder"])
async def test_only_regular_files_are_read(files: RunFiles, kind: str) -> None:
    for file in (files.progress, output_file(files)):
        if kind == "pipe":
            os.mkfifo(file)
        elif kind == "link":
            file.symlink_to("/dev/zero")
        else:
            file.mkdir()
    assert read_progress(files.progress) is None
    with pytest.raises(OutputError):
        await files.output()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"{not json", "not JSON"),
        (b"\xff\xfe", "not UTF-8"),
        (b'"' + b"x" * 40_000 + b'"', "larger than"),
        (b"NaN", "not a JSON value"),
        (b"[" * 101 + b"]" * 101, "nested deeper than 100 levels"),
        (b'{"a":' * 101 + b'"]}"' + b"}" * 101, "nested deeper than 100 levels"),
        (b'{"a":1e999}', "not JSON"),
        (b'"a\\u0000b"', "NUL"),
        (b'"a\\\\\\u0000b"', "NUL"),
        (b'{"\\u0000": 1}', "NUL"),
        (b'{"a":"\\ud800"}', "surrogate"),
        (b'{"\\udfff":1}', "surrogate"),
    ],
)
async def test_an_output_that_cannot_be_kept_says_why(files: RunFiles, content: bytes, why: str) -> None:
    output_file(files).write_bytes(content)
    with pytest.raises(OutputError, match=why):
        await files.output()


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        ('{"a": ["ü", 1]}', {"a": ["ü", 1]}),
        (r'{"a":"\ud83d\ude00"}', {"a": "😀"}),
        (r'{"re":"[\\u0000-\\u001f]"}', {"re": r"[\u0000-\u001f]"}),
        ('{"a":1e308}', {"a": 1e308}),
        ('["[[[\\"[[[", {}, [[]]]', ['[[["[[[', {}, [[]]]),
        ("  \n", None),
    ],
)
async def test_an_output_that_can_be_stored_is_kept_as_it_was(files: RunFiles, content: str, kept: object) -> None:
    assert await files.output() is None
    output_file(files).write_text(content, encoding="utf-8")
    output = await files.output()
    assert (json.loads(output) if output is not None else None) == kept


async def test_the_folder_goes_with_all_that_the_command_left_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "7-1"
    async with RunFiles(folder) as files:
        output_file(files).mkdir()
        (folder / "more").mkdir()
        (folder / "more" / "x").touch()
    assert not folder.exists()


@pytest.mark.parametrize("kind", ["pipe", "link", "file"])
async def test_what_a_command_puts_in_the_place_of_the_folder_is_not_read_and_goes(tmp_path: Path, kind: str) -> None:
    folder, elsewhere = tmp_path / "7-1", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "output").write_text("1")
    async with asyncio.timeout(30), RunFiles(folder) as files:
        folder.rmdir()
        if kind == "pipe":
            os.mkfifo(folder)
        elif kind == "link":
            folder.symlink_to(elsewhere)
        else:
            folder.touch()
        assert read_progress(files.progress) is None
        if kind == "link":
            with pytest.raises(OutputError, match="regular"):
                await files.output()
        else:
            assert await files.output() is None
    assert not os.path.lexists(folder)
    assert (elsewhere / "output").exists()


async def test_upstream_results_are_named_only_where_there_are_any(files: RunFiles) -> None:
    assert UPSTREAMS_VARIABLE not in files.variables
    files.write_upstreams({"备份": {"run_id": 1}})
    assert json.loads(Path(files.variables[UPSTREAMS_VARIABLE]).read_text(encoding="utf-8")) == {"备份": {"run_id": 1}}


async def test_nothing_is_left_of_a_command_that_wrote_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "7-1"
    async with RunFiles(folder) as files:
        assert await files.output() is None
    assert not folder.exists()


async def test_a_second_name_of_another_file_is_no_output(files: RunFiles, tmp_path: Path) -> None:
    """It may be a file that the worker can read and the command's user cannot."""
    foreign = tmp_path / "foreign"
    foreign.write_text('{"a": 1}')
    output_file(files).hardlink_to(foreign)
    with pytest.raises(OutputError, match="not a regular file"):
        await files.output()
