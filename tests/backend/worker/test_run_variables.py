"""The environment variables of a run, and those of upstream runs that can be told apart by them."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backend.broker.messages import Assignment, UpstreamResult
from backend.worker.run_files import UPSTREAMS_VARIABLE, RunFiles
from backend.worker.run_variables import run_variables


@pytest.fixture
async def files(tmp_path: Path) -> AsyncIterator[RunFiles]:
    async with RunFiles(tmp_path / "7-1") as opened:
        yield opened


def assignment(*upstreams: UpstreamResult) -> Assignment:
    return Assignment(
        run_id=7,
        attempt=1,
        task_id=1,
        task_name="load",
        executor="shell",
        command="true",
        arguments=[],
        environment={},
        working_directory=None,
        timeout_seconds=1,
        upstreams=list(upstreams),
    )


def upstream(name: str, run_id: int, output: str | None = None) -> UpstreamResult:
    return UpstreamResult(task_name=name, run_id=run_id, status="succeeded", output=output)


def test_an_upstream_is_named_by_its_task(files: RunFiles) -> None:
    variables, notes = run_variables(assignment(upstream("extract orders", 3, '{"rows": 42}')), files)
    assert variables["TASKDECK_UPSTREAM_EXTRACT_ORDERS_RUN_ID"] == "3"
    assert variables["TASKDECK_UPSTREAM_EXTRACT_ORDERS_OUTPUT"] == '{"rows": 42}'
    assert notes == []


@pytest.mark.parametrize(("first", "second"), [("备份", "报表"), ("a-b", "a b")])
def test_upstreams_with_one_variable_name_are_in_the_file_alone(files: RunFiles, first: str, second: str) -> None:
    variables, notes = run_variables(assignment(upstream(first, 3), upstream(second, 4)), files)
    assert not [name for name in variables if name.startswith("TASKDECK_UPSTREAM_")]
    assert len(notes) == 1
    found = json.loads(Path(files.variables[UPSTREAMS_VARIABLE]).read_text(encoding="utf-8"))
    assert (found[first]["run_id"], found[second]["run_id"]) == (3, 4)


def test_outputs_beyond_what_the_kernel_takes_are_in_the_file_alone(files: RunFiles) -> None:
    large = json.dumps("x" * 32_000)
    variables, notes = run_variables(assignment(*(upstream(f"u{n}", n, large) for n in range(70))), files)
    assert sum(len(name) + len(value) for name, value in variables.items()) < 1024 * 1024
    assert len(notes) == 1
    found = json.loads(Path(files.variables[UPSTREAMS_VARIABLE]).read_text(encoding="utf-8"))
    assert all(len(found[f"u{n}"]["output"]) == 32_000 for n in range(70))
