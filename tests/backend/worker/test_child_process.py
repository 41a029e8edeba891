import asyncio
import os
import signal
from pathlib import Path

import pytest

from backend.worker.adopted_processes import AdoptedProcesses
from backend.worker.child_process import UNKNOWN_EXIT_CODE, ChildProcess, signal_name
from backend.worker.command_limits import Limits
from backend.worker.control_groups import ControlGroup, Hierarchy
from backend.worker.log_shipper import ReadGate
from backend.worker.process_mark import ProcessMark
from shared.enums import LogStream


class Discarded:
    def write(self, stream: LogStream, data: bytes) -> None:
        """Keep nothing."""


def started(command: str, adopted: AdoptedProcesses) -> ChildProcess:
    return ChildProcess(
        ["sh", "-c", command],
        environment={"PATH": os.defpath},
        working_directory=None,
        output=Discarded(),
        gate=ReadGate(),
        adopted=adopted,
    )


async def test_workers_of_one_process_leave_each_others_commands_alone() -> None:
    child = started("exit 3", AdoptedProcesses())
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # noqa: ASYNC222 - the loop must not notice the end first
    assert await AdoptedProcesses().end(ProcessMark.make()) == frozenset()
    async with asyncio.timeout(10):
        assert (await child.ended).exit_code == 3
        await child.clean_up()


async def test_a_command_that_other_code_has_waited_for_ends() -> None:
    child = started("exit 3", AdoptedProcesses())
    assert os.waitpid(child.pid, 0)[0] == child.pid  # noqa: ASYNC222 - the loop must not notice the end first
    async with asyncio.timeout(10):
        assert (await child.ended).exit_code == UNKNOWN_EXIT_CODE
        await child.clean_up()


async def test_a_command_that_cannot_be_put_into_its_group_does_not_begin(tmp_path: Path) -> None:
    class Kept(Discarded):
        text = b""

        def write(self, stream: LogStream, data: bytes) -> None:
            self.text += data

    output, begun = Kept(), tmp_path / "begun"
    hierarchy = Hierarchy(tmp_path, 2, frozenset({"memory"}))
    limits = Limits(memory_mb=64)
    child = ChildProcess(
        limits.wrap(["touch", str(begun)], is_held=True),
        environment={"PATH": os.defpath},
        working_directory=None,
        output=output,
        gate=ReadGate(),
        adopted=AdoptedProcesses(),
        group=ControlGroup({tmp_path / "removed": hierarchy}, limits, []),
    )
    async with asyncio.timeout(10):
        assert (await child.ended).exit_code == 1
        assert await child.clean_up() == frozenset()
    assert not begun.exists()
    assert b"cannot be put into its control group: [Errno 2] No such file or directory" in output.text


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (signal.SIGTERM, "SIGTERM"),
        (signal.SIGRTMIN + 6, "SIGRTMIN+6"),
        (signal.SIGRTMAX, "SIGRTMAX"),
        (32, "number 32"),
    ],
)
def test_every_signal_has_a_name(number: int, name: str) -> None:
    assert signal_name(number) == name
