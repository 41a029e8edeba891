"""What the contract of executors shows to the author of a plug-in."""

import asyncio
import inspect
import re
import shutil
from pathlib import Path
from typing import Any

from backend.broker.messages import Ending
from backend.executor_spec import ExecutorDescription
from backend.worker.executors import contract
from backend.worker.executors.contract import Executor, succeeded
from shared.enums import LogStream
from shared.errors import FieldError
from tests.backend.worker.bench import Bench


def example() -> Executor:
    """Return the executor that the contract's docstring shows."""
    source = inspect.cleandoc(contract.__doc__ or "")
    match = re.search(r"^    class .*?(?=^\S)", source, re.DOTALL | re.MULTILINE)
    assert match is not None
    names: dict[str, Any] = {
        "ExecutorDescription": ExecutorDescription,
        "FieldError": FieldError,
        "LogStream": LogStream,
        "asyncio": asyncio,
        "shutil": shutil,
        "succeeded": succeeded,
    }
    exec(inspect.cleandoc("\n" + match[0]), names)
    made: Executor = names["CopyExecutor"]()
    return made


async def test_the_example_is_an_executor(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("content")
    executor, bench = example(), Bench(tmp_path)
    assert [problem.field for problem in executor.check(command="a", arguments=[])] == ["command"]
    result = await bench.run(f"{tmp_path}/a {tmp_path}/b", executor=executor)
    assert (result.ending, bench.stdout) == (Ending.SUCCEEDED, "copied\n")
    assert (tmp_path / "b").read_text() == "content"


async def test_the_example_ends_when_it_is_cancelled(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.cancelled.set_result(None)
    (tmp_path / "a").write_text("content")
    result = await bench.run(f"{tmp_path}/a {tmp_path}/b", executor=example())
    assert result.ending in (Ending.CANCELLED, Ending.SUCCEEDED)
