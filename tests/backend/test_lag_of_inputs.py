"""How late the event loop is at most for each kind of input that broke a scheduler: never more than 250 ms.

Backend and worker share one loop, and files that a command line reads are read on it too. With TASKDECK_PRINT_LAG=1 the
figures are printed as a table at the end.
"""

import asyncio
import json
import os
import shutil
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from backend.dispatcher.clock_loop import ClockPass
from backend.dispatcher.schedule_loop import SchedulePass
from backend.loop_watchdog import BLOCKED_SECONDS, LoopWatchdog
from shared.crontab.parse import parse_crontab
from shared.errors import ValidationFailedError
from shared.task_files import parse_tasks
from tests.capabilities import without_the_right_to_signal_others
from tests.conftest import Databases
from tests.machine_speed import slowness
from tests.processes import alive, unique_sleep
from tests.system import System, open_system
from tests.turned_clock import install_clock, turn

PRINT = "TASKDECK_PRINT_LAG"
SETPRIV = shutil.which("setpriv")
NOBODY = 65534
NOOP = {"name": "n", "executor": "noop"}
Play = Callable[[System, str], Coroutine[Any, Any, None]]


def shell(command: str, **fields: Any) -> Play:
    """Run a command to its end."""

    async def play(system: System, name: str) -> None:
        await system.run(name, command=command, **({"timeout_seconds": 20} | fields))

    return play


def answer(content: bytes, **command: Any) -> Play:
    """Send an HTTP request to a server that answers with these bytes."""

    async def play(system: System, name: str) -> None:
        async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                await reader.readuntil(b"\r\n\r\n")
                writer.write(content.replace(b"PORT", str(port).encode()))
                await writer.drain()
            writer.close()

        server = await asyncio.start_server(reply, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server:
            fields = {"url": f"http://127.0.0.1:{port}/"} | command
            await system.run(name, executor="http", command=json.dumps(fields), timeout_seconds=20)

    return play


def send(path: str, *bodies: dict[str, Any], method: str = "POST") -> Play:
    """Send requests, whatever is answered."""

    async def play(system: System, _name: str) -> None:
        for body in bodies:
            found = await system.http.request(method, path, json=body, timeout=30)
            assert found.status_code < 500, found.text

    return play


def get(*paths: str) -> Play:
    async def play(system: System, _name: str) -> None:
        for path in paths:
            assert (await system.http.get(path)).status_code < 500

    return play


def preview(*schedules: str, **fields: Any) -> Play:
    return send("/api/schedules/preview", *({"schedule": schedule} | fields for schedule in schedules))


def crontab(*lines: str) -> Play:
    async def play(_system: System, _name: str) -> None:
        parse_crontab("\n".join(lines * 500))

    return play


def task_file(text: str) -> Play:
    async def play(_system: System, _name: str) -> None:
        with suppress(ValidationFailedError):
            parse_tasks(f"tasks:\n- name: a\n  {text}\n", source="t")

    return play


async def upstreams(system: System, name: str) -> None:
    ups = [await system.create(f"{name} {one}", command="printf '\"%30000s\"' > $TASKDECK_OUTPUT") for one in "abcdef"]
    down = await system.create(name, command="cat $TASKDECK_UPSTREAMS", depends_on=[{"task_id": one} for one in ups])
    for one in ups:
        await system.finished((await system.client.trigger_task(one)).id)
    page = await system.until_events(lambda: system.client.list_runs(task_id=down), lambda page: bool(page.data))
    await system.finished(page.data[0].id)


async def many_names(system: System, _name: str) -> None:
    tasks = [NOOP | {"name": f"aa-report-{number}"} for number in range(600)] + [NOOP | {"name": "report"}]
    assert (await system.http.post("/api/tasks/apply", json={"tasks": tasks}, timeout=60)).status_code == 200
    assert (await system.http.get("/api/tasks?q=report&limit=200")).status_code == 200


async def alert(system: System, name: str) -> None:
    for channel, fields in (
        ("chat", {"kind": "webhook", "url": "http://127.0.0.1:9/", "format": "slack"}),
        ("mail", {"kind": "email", "recipients": ["ops@example.org"]}),
    ):
        assert (await system.http.put(f"/api/alerts/channels/{channel}", json=fields)).status_code == 200
        assert (await system.http.post(f"/api/alerts/channels/{channel}/test", timeout=30)).status_code == 200
    await system.run(f"<!channel> & <b> {{{{detail}}}} {name}", command="false")


def of_another_user(command: str) -> Play:
    """Run a command that starts SLEEP, which the worker may not signal."""

    async def play(system: System, name: str) -> None:
        if os.geteuid() != 0 or not SETPRIV:
            pytest.skip("only root can leave a process that its worker may not signal")
        mark = unique_sleep()
        sleep = f"{SETPRIV} --reuid {NOBODY} --regid {NOBODY} --clear-groups sleep {mark}"
        with without_the_right_to_signal_others():
            run = await system.run(name, command=command.replace("SLEEP", sleep), timeout_seconds=1)
        for pid in alive(mark):
            os.kill(pid, signal.SIGKILL)
        assert "could not be ended" in (run.error or "")

    return play


async def clock_ahead(system: System, name: str) -> None:
    tasks = [NOOP | {"name": f"{name}, {number}", "schedule": "0 * * * *"} for number in range(100)]
    assert (await system.http.post("/api/tasks/apply", json={"tasks": tasks}, timeout=60)).status_code == 200

    async def next_runs() -> list[datetime]:
        answer = await system.http.get("/api/tasks", params={"q": name, "limit": 500})
        return [datetime.fromisoformat(task["next_run_at"]) for task in answer.json()["data"]]

    far = datetime.now(UTC) + timedelta(days=29)
    await turn(system, 30 * 24)
    await system.until_passes(SchedulePass, next_runs, lambda found: min(found) > far)
    with system.backend.context.passes.watch(ClockPass) as passes:
        await turn(system, 0)
        await passes.next(lambda found: found.corrected >= len(tasks))
    assert max(await next_runs()) < far


HEAD = b"HTTP/1.1 200 OK\r\n"
INPUTS: dict[str, Play] = {
    "1 lone surrogate as output": shell("""printf '{"a":"\\\\ud800"}' > "$TASKDECK_OUTPUT\""""),
    "2 infinite number as output": shell("""printf '{"a":1e999}' > "$TASKDECK_OUTPUT\""""),
    "3 escaped NUL in the output": shell("""printf '{"re":"[\\\\\\\\u0000-\\\\\\\\u001f]"}' > "$TASKDECK_OUTPUT\""""),
    "4 pipe as progress": shell('rm -f "$TASKDECK_PROGRESS"; mkfifo "$TASKDECK_PROGRESS"; sleep 2'),
    "4 endless file as output": shell('ln -s /dev/zero "$TASKDECK_OUTPUT"'),
    "5 real-time signal": shell("kill -40 $$"),
    "6 command of another user": of_another_user("exec SLEEP"),
    "6 thirty children of another user": of_another_user("for one in $(seq 30); do SLEEP & done; wait"),
    "7 daemon without environment": shell("env -i setsid sleep 333 >/dev/null 2>&1 </dev/null &", timeout_seconds=2),
    "8, 9 upstreams with long results": upstreams,
    "9 command of 131,100 bytes": shell("# " + "x" * 131_100),
    "10 script": shell("#!/bin/sh\necho script"),
    "11 line ends of Windows": shell("cd /tmp\r\npwd\r\nexit 3\r\n"),
    "12 redirect without location": answer(b"HTTP/1.1 304 Not Modified\r\n\r\n"),
    "13 addresses that are none": send(
        "/api/tasks",
        *(
            {"name": "u", "executor": "http", "command": json.dumps({"url": url})}
            for url in ("http://[::1/", "http://127.0.0.1:99999/", "http://a..b/")
        ),
    ),
    "14 headers that are none": send(
        "/api/tasks",
        {"name": "h", "executor": "http", "command": json.dumps({"url": "http://a/", "headers": {"": "x", "X": "ü"}})},
    ),
    "15 redirect to another origin": answer(
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.2:PORT/\r\n\r\n", headers={"Cookie": "a=b"}
    ),
    "16 redirect of a POST": answer(
        b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", method="POST", body="x"
    ),
    "17 charset of the answer": answer(
        HEAD + b"Content-Type: text/plain; charset=iso-8859-1\r\nContent-Length: 4\r\n\r\ncaf\xe9"
    ),
    "18 gzip that is none": answer(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnone"),
    "18 cut answer": answer(HEAD + b"Content-Length: 100\r\n\r\n0123456789"),
    "19 secret that does not exist": answer(b"", url="http://127.0.0.1:9/${secret:NONE}"),
    "20 metadata address in IPv6": answer(b"", url="http://[::ffff:169.254.169.254]/"),
    "21, 22 ranges": preview("05-5 * * * *", "0 0 * * MON-mon", "0 0 1 nov-feb/3 *", "0 22-2/3 * * *", count=100),
    "23 jitter": send("/api/tasks", NOOP | {"schedule": "* * * * *", "jitter_seconds": 3600}),
    "24 blackout in each second": preview(
        "* * * * *", blackouts=[{"schedule": "* * * * * *", "duration_seconds": 31_622_400}]
    ),
    "25 clock that was ahead": clock_ahead,
    "26 hashed schedules": preview("H H * * *", "0 0 H * *", "H H H H H", count=100),
    "27 clock changes": preview("*/20 2 * * *", "0 0-23/2 * * *", timezone="Europe/Berlin", count=100),
    "28 zones that are none": preview("* * * * *", timezone="localtime"),
    "29 order of Quartz": preview("0 15 10 ? * MON-FRI"),
    "30, 31 system crontab": crontab(
        "17 *\t* * *\troot\tcd / && run-parts --report /etc/cron.hourly", "*/5 * * * * munin if [ -x /usr/bin/x ]; fi"
    ),
    "32 to 37 crontab": crontab("* * * * * wc -c%", "* * * * * cat # n%h", "HOME=/srv", "-*/15 * * * * x", "CRON_TZ="),
    "38 names that are numbers": get("/api/tasks?q=1", "/api/tasks?q=%C2%B2"),
    "39 six hundred similar names": many_names,
    "40 names that reorder": send("/api/tasks", *(NOOP | {"name": name} for name in ("ok\x1b]0;x\x07", "a\u202egpj"))),
    "41, 44 alerts": alert,
    "42 cursor of another order": get("/api/tasks?sort=name&cursor=W251bGwsMSwibmFtZSJd"),
    "43 YAML": task_file("timeout_seconds: 1:30\n  environment: {MODE: 0755}\n  schedule: @daily"),
    "45 setup link": get("/setup?token=none"),
    "46 name with a blank of Unicode": send("/api/tasks", NOOP | {"name": "\u3000wide"}),
    "47 hashed single value": preview("H(5-5) * * * *"),
}


class Host:
    """A system with a worker, on an event loop of its own."""

    def __init__(self, databases: Databases, folder: Path) -> None:
        self._runner = asyncio.Runner()
        self._databases = databases
        self._stack = AsyncExitStack()
        self.lags: dict[str, float] = {}
        self.url = self.do(databases.create())
        self.do(install_clock(self.url))
        self.system: System = self.do(self._stack.enter_async_context(open_system(self.url, None, folder)))
        self.do(self.system.backend.settled.wait())
        self.do(self.system.add_worker(slots=8))

    def do(self, work: Any) -> Any:
        return self._runner.run(work)

    def close(self) -> None:
        self.do(self._stack.aclose())
        self.do(self._databases.drop(self.url))
        self._runner.close()


@pytest.fixture(scope="module")
def host(databases: Databases, tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[Host]:
    made = Host(databases, tmp_path_factory.mktemp("lag"))
    yield made
    made.close()
    if os.environ.get(PRINT):
        lines = [f"{seconds * 1000:8.0f} ms  {name}" for name, seconds in made.lags.items()]
        with pytestconfig.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
            print("\n\nGreatest lag of the event loop", *lines, sep="\n")


@asynccontextmanager
async def watching() -> Any:
    watchdog = LoopWatchdog()
    running = asyncio.create_task(watchdog.run())
    try:
        yield watchdog
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def lag_of(system: System, name: str) -> float:
    async with watching() as watchdog, asyncio.timeout(60):
        await INPUTS[name](system, name)
    seconds: float = watchdog.lag.greatest_seconds
    return seconds


@pytest.mark.parametrize("name", INPUTS)
def test_no_input_holds_the_loop(host: Host, name: str) -> None:
    host.lags[name] = host.do(lag_of(host.system, name))
    assert host.lags[name] <= BLOCKED_SECONDS * slowness()
