"""Processes notify systemd when they are ready, while they live and when they stop."""

import asyncio
import os
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from backend.service_manager import ServiceManager
from tests.local_process import LocalProcess

SECONDS = 20.0


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, session_folder: Path) -> Iterator[tuple[str, socket.socket]]:
    """A socket as systemd's, and its address as systemd writes it."""
    address = str(session_folder / "notify") if request.param == "path" else f"@taskdeck-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(f"\0{address[1:]}" if address.startswith("@") else address)
        receiver.settimeout(SECONDS)
        yield address, receiver
    if not address.startswith("@"):
        Path(address).unlink()


async def test_it_learns_of_the_start_of_life_and_of_the_stop(manager: tuple[str, socket.socket]) -> None:
    address, receiver = manager
    async with ServiceManager(address, watchdog=timedelta(milliseconds=20)).announced():
        received = [(await asyncio.to_thread(receiver.recv, 100)).decode() for _ in range(4)]
    assert received == ["READY=1", "WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1"]
    receiver.setblocking(False)
    rest: list[bytes] = []
    while not rest or rest[-1] != b"STOPPING=1":
        rest.append(receiver.recv(100))
    assert set(rest) <= {b"WATCHDOG=1", b"STOPPING=1"}


async def test_without_a_watchdog_it_is_not_disturbed(manager: tuple[str, socket.socket]) -> None:
    address, receiver = manager
    async with ServiceManager(address).announced():
        assert receiver.recv(100) == b"READY=1"
    assert receiver.recv(100) == b"STOPPING=1"


async def test_a_manager_that_is_gone_disturbs_nothing(tmp_path: Path) -> None:
    with capture_logs() as logs:
        async with ServiceManager(str(tmp_path / "gone")).announced():
            pass
    assert [(one["message"], one["log_level"]) for one in logs] == [("READY=1", "warning"), ("STOPPING=1", "warning")]


@pytest.mark.parametrize(
    ("given", "pings"),
    [
        ({}, False),
        ({"WATCHDOG_USEC": "20000"}, True),
        ({"WATCHDOG_USEC": "20000", "WATCHDOG_PID": str(os.getpid())}, True),
        ({"WATCHDOG_USEC": "20000", "WATCHDOG_PID": "1"}, False),
        ({"WATCHDOG_USEC": "0"}, False),
        ({"WATCHDOG_USEC": "soon"}, False),
    ],
)
async def test_the_environment_says_whom_to_notify_and_is_cleared(
    given: dict[str, str], pings: bool, manager: tuple[str, socket.socket]
) -> None:
    address, receiver = manager
    environment = {"NOTIFY_SOCKET": address, "HOME": "/root", **given}
    async with ServiceManager.of_environment(environment).announced():
        assert receiver.recv(100) == b"READY=1"
        if pings:
            assert await asyncio.to_thread(receiver.recv, 100) == b"WATCHDOG=1"
    assert environment == {"HOME": "/root"}


def test_a_local_backend_is_ready_for_its_manager_and_its_commands_do_not_know_it(
    manager: tuple[str, socket.socket], session_folder: Path
) -> None:
    address, receiver = manager
    variables = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "60000000"}
    backend = LocalProcess(session_folder / f"notified-{len(address)}", environment=variables)
    backend.start()
    try:
        assert receiver.recv(100) == b"READY=1"
        assert receiver.recv(100) == b"WATCHDOG=1"
        output = backend.run("task", "create", "show", "-c", "env") + backend.run("task", "trigger", "show", "--wait")
        assert "TASKDECK_RUN_ID" in output
        assert "NOTIFY_SOCKET" not in output
        assert "WATCHDOG" not in output
    finally:
        assert backend.stop() == 0
    last = b""
    while last != b"STOPPING=1":
        last = receiver.recv(100)
