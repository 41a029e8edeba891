"""Nothing of other people's making holds the event loop: each input goes through a real backend and worker.

Backend and worker share one process and one loop, as in a local installation.
"""

import asyncio
import gzip
import json
import socket
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from backend.loop_watchdog import BLOCKED_SECONDS, LoopWatchdog
from shared.enums import RunStatus
from tests.machine_speed import slowness
from tests.system import System

SECOND_BLACKOUT = [{"schedule": "* * * * * *", "duration_seconds": 31_622_400}]


@asynccontextmanager
async def watching() -> AsyncIterator[LoopWatchdog]:
    """Measure the loop of the test, which is that of backend and worker, within the block."""
    watchdog = LoopWatchdog()
    running = asyncio.create_task(watchdog.run())
    try:
        yield watchdog
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.fixture(autouse=True)
async def settled(system: System) -> None:
    """Wait until the first full garbage collection after the start has passed."""
    await system.backend.settled.wait()


COMMANDS = {
    "a pipe as progress": 'rm -f "$TASKDECK_PROGRESS"; mkfifo "$TASKDECK_PROGRESS"; sleep 2',
    "a pipe as output": 'mkfifo "$TASKDECK_OUTPUT"; sleep 1',
    "an endless file as progress": 'ln -s /dev/zero "$TASKDECK_PROGRESS"; sleep 2',
    "an endless file as output": 'ln -s /dev/zero "$TASKDECK_OUTPUT"',
    "a sparse terabyte as output": 'truncate -s 1T "$TASKDECK_OUTPUT"',
    "a NUL in the output": """printf '{"a":"\\\\u0000"}' > "$TASKDECK_OUTPUT\"""",
    "backslashes as output": """(printf '"'; printf '%32000s' | tr ' ' '\\\\'; printf '"') > "$TASKDECK_OUTPUT\"""",
    "a deep output": """head -c 32000 /dev/zero | tr '\\0' '[' > "$TASKDECK_OUTPUT\"""",
    "a large number as output": """head -c 32000 /dev/zero | tr '\\0' '9' > "$TASKDECK_OUTPUT\"""",
    "thousands of files": 'cd "$(dirname "$TASKDECK_OUTPUT")" && mkdir x && cd x && seq 1 20000 | xargs touch',
    "twenty megabytes of output": "head -c 20000000 /dev/urandom | base64 -w 0",
    "many short lines": "seq 1 300000",
}


@pytest.mark.parametrize("name", COMMANDS)
async def test_what_a_command_leaves_behind_holds_no_loop(system: System, name: str) -> None:
    await system.add_worker()
    async with watching() as watchdog:
        run = await system.run(name, command=COMMANDS[name], timeout_seconds=60)
    assert run.status is RunStatus.SUCCEEDED, run.error
    assert watchdog.lag.greatest_seconds < BLOCKED_SECONDS * slowness()


YEARS_OFF = {"dates": [], "weekdays": ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]}
SCHEDULES: dict[str, dict[str, Any]] = {
    "a blackout from each second": {"schedule": "* * * * *", "blackouts": SECOND_BLACKOUT},
    "fifty blackouts": {"schedule": "* * * * * *", "blackouts": SECOND_BLACKOUT * 20},
    "each second, moved over days off": {
        "schedule": "* * * * * *",
        "calendar": "off",
        "calendar_policy": "next_working_day",
        "blackouts": [{"schedule": "0 0 * * *", "duration_seconds": 86_400}],
    },
    "a day that never comes": {"schedule": "0 0 31 2,4,6,9,11 *"},
    "every second of a thousand": {"schedule": "* * * * * *", "count": 500},
    "a leap day on a weekday": {"schedule": "0 0 29 2 */7", "count": 100},
}


@pytest.mark.parametrize("name", SCHEDULES)
async def test_a_hostile_schedule_holds_no_loop_and_is_answered_in_time(system: System, name: str) -> None:
    assert (await system.http.put("/api/calendars/off", json=YEARS_OFF)).status_code == 200
    async with watching() as watchdog, asyncio.timeout(20):
        answer = await system.http.post("/api/schedules/preview", json=SCHEDULES[name], timeout=30)
    assert answer.status_code in (200, 422), answer.text
    assert watchdog.lag.greatest_seconds < BLOCKED_SECONDS * slowness()


async def test_many_tasks_with_hostile_schedules_hold_no_loop(system: System) -> None:
    assert (await system.http.put("/api/calendars/off", json=YEARS_OFF)).status_code == 200
    for number in range(20):
        answer = await system.http.post(
            "/api/tasks",
            json={
                "name": f"t{number}",
                "executor": "noop",
                "schedule": f"*/{number + 1} * * * *",
                "calendar": "off",
                "blackouts": SECOND_BLACKOUT,
            },
            timeout=30,
        )
        assert answer.status_code == 201, answer.text
    until = "2027-03-01T00:00:00Z"
    async with watching() as watchdog:
        assert (await system.http.put("/api/calendars/off", json=YEARS_OFF, timeout=30)).status_code == 200
        agenda = await system.http.get(
            "/api/agenda", params={"since": "2027-02-01T00:00:00Z", "until": until, "resolution": "day"}, timeout=30
        )
        assert agenda.status_code == 200, agenda.text
        assert (await system.http.get("/api/tasks/1/upcoming?count=50", timeout=30)).status_code in (200, 422)
    assert watchdog.lag.greatest_seconds < BLOCKED_SECONDS * slowness()


def megabyte(part: str) -> bytes:
    return f"[{','.join([part] * ((2**20 - 10) // (len(part) + 1)))}]".encode()


BODIES: dict[str, bytes] = {
    "a megabyte of numbers": megabyte("1"),
    "a megabyte of brackets": b"[" * (2**20 - 10),
    "a megabyte of objects": megabyte("{}"),
    "a megabyte of unknown fields": json.dumps({f"x{number}": 1 for number in range(80_000)}).encode(),
    "a megabyte of escapes": megabyte('"\\\\u0041"'),
    "a megabyte of NUL": megabyte('"\\\\u0000"'),
    "a megabyte of bad runs": b'{"runs": ' + megabyte('{"task_id":"x"}')[:-20].rsplit(b",", 1)[0] + b"]}",
    "a megabyte of bad ids": b'{"action": "pause", "ids": ' + megabyte("0")[:-30].rsplit(b",", 1)[0] + b"]}",
    "a number of a megabyte": b"1" * (2**20 - 10),
}


@pytest.mark.parametrize("path", ["/api/tasks", "/api/runs/batch", "/api/tasks/bulk"])
@pytest.mark.parametrize("name", BODIES)
async def test_a_body_of_a_megabyte_holds_no_loop(system: System, name: str, path: str) -> None:
    async with watching() as watchdog:
        answer = await system.http.post(
            path, content=BODIES[name], headers={"Content-Type": "application/json"}, timeout=30
        )
    assert answer.status_code in (400, 413, 422)
    assert watchdog.lag.greatest_seconds < BLOCKED_SECONDS * slowness()


async def test_a_change_of_thousands_holds_no_loop(system: System) -> None:
    tasks = [{"name": f"t{number}", "executor": "noop", "schedule": "0 3 * * *"} for number in range(5_000)]
    assert (await system.http.post("/api/tasks/apply", json={"tasks": tasks}, timeout=60)).status_code == 200
    everything: dict[str, Any] = {"filter": {}}
    async with watching() as watchdog:
        for path, body in (
            ("tasks", {"action": "pause"}),
            ("tasks", {"action": "resume"}),
            ("tasks", {"action": "label", "add": {"a": "b"}}),
            ("tasks", {"action": "trigger"}),
            ("runs", {"action": "cancel"}),
            ("runs", {"action": "retry"}),
            ("tasks", {"action": "delete"}),
        ):
            answer = await system.http.post(f"/api/{path}/bulk", json=body | everything, timeout=60)
            assert answer.json()["data"]["changed"] == 5_000
    assert watchdog.lag.greatest_seconds < BLOCKED_SECONDS * slowness()


async def serve(content: bytes, headers: str) -> tuple[asyncio.Server, str]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(content)}\r\n{headers}\r\n\r\n".encode() + content)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    return server, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


ANSWERS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a compressed bomb": (lambda: gzip.compress(bytes(300_000_000)), "Content-Encoding: gzip"),
    "punycode": (lambda: b"a" * 500_000 + b"-" + b"b" * 100_000, "Content-Type: text/plain; charset=punycode"),
}


@pytest.mark.parametrize("name", ANSWERS)
async def test_an_answer_of_a_stranger_holds_no_loop(system: System, name: str) -> None:
    await system.add_worker()
    make, headers = ANSWERS[name]
    server, url = await serve(await asyncio.to_thread(make), headers)
    async with server:
        command = json.dumps({"method": "GET", "url": url})
        async with watching() as watchdog:
            run = await system.run(name, executor="http", command=command)
    assert run.status is RunStatus.SUCCEEDED, run.error
    assert watchdog.lag.greatest_seconds < BLOCKED_SECONDS * slowness()


async def test_names_that_resolve_slowly_hold_no_loop(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    await system.add_worker(slots=8)
    real, release = socket.getaddrinfo, threading.Event()

    def slow(host: Any, *arguments: Any, **named: Any) -> Any:
        if host == "slow.invalid":
            release.wait(2)
            raise socket.gaierror(socket.EAI_AGAIN, "try again")
        return real(host, *arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    command = json.dumps({"method": "GET", "url": "http://slow.invalid/"})
    async with watching() as watchdog:
        task_id = await system.create("slow", executor="http", command=command)
        runs = [await system.client.trigger_task(task_id) for _ in range(8)]
        ended = [await system.finished(run.id) for run in runs]
    release.set()
    assert {run.status for run in ended} == {RunStatus.FAILED}
    assert watchdog.lag.greatest_seconds < BLOCKED_SECONDS * slowness()
