"""The load of a drill: runs created through any replica that answers, and commands that record what they did."""

import asyncio
import random
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from backend.accounts.idempotency import ANSWER_IS_LOST
from tests.faults.drill.crew import Crew, Replica

PAUSE_SECONDS = 0.2
_MOST_BEHIND_SECONDS = 2.0
_MOST_CANCELLED = 1000
HANG_SECONDS = 16.0
"""A slower answer counts as none: clients and load balancers give up."""

_SAYS = 'echo "$TASKDECK_RUN_ID $TASKDECK_ATTEMPT {word}" >> {ledger}'

COUNTED, ONCE, FLAKY, PROBE, LONG = "counted", "once", "flaky", "probe", "long"
"""The kinds of task: at least once; at most once; one that fails at first; one that measures; one of six seconds."""
SURPLUS = "surplus"
"""A task of half a second, of which more runs are created than the workers can execute."""


def task_definitions(ledger: Path) -> list[dict[str, Any]]:
    """Return the tasks of the load; each command appends its run, its attempt and its progress to `ledger`."""
    began, done = (_SAYS.format(word=word, ledger=ledger) for word in ("began", "done"))
    command = f"{began}; sleep 0.$((($TASKDECK_RUN_ID * 7) % 4)); {done}"
    common = {"executor": "shell", "overlap_policy": "allow", "timeout_seconds": 60}
    return [
        {"name": COUNTED, "command": command, **common},
        {"name": ONCE, "command": command, "on_worker_lost": "fail", **common},
        {
            "name": FLAKY,
            "command": f'{began}; grep -q "^$TASKDECK_RUN_ID .* tried" {ledger} && {{ {done}; exit 0; }}; '
            f"{_SAYS.format(word='tried', ledger=ledger)}; exit 3",
            "retry_count": 50,
            "retry_delay_seconds": 0,
            **common,
        },
        {"name": LONG, "command": f"{began}; sleep 6; {done}", **common},
        {"name": SURPLUS, "command": f"{began}; sleep 0.5; {done}", **common},
        {"name": PROBE, "command": f"{began}; {done}", "priority": "critical", **common},
    ]


@dataclass
class Answers:
    """The answers of the API during the faults."""

    good: int = 0
    unavailable: int = 0
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Pace:
    """How many runs are created five times a second, of which kinds, and how many may wait."""

    batch: int = 4
    most_waiting: int = 200
    kinds: tuple[str, ...] = (COUNTED, COUNTED, ONCE, FLAKY)


class Load:
    """Creates runs until it is stopped, and checks the replicas."""

    def __init__(self, crew: Crew) -> None:
        self.acknowledged: dict[int, str] = {}
        self.cancelled: set[int] = set()
        self.answers = Answers()
        self.waiting = 0
        self.is_quiet = False
        self.pace = Pace()
        self._crew = crew
        self._tasks: dict[str, int] = {}
        self._http = httpx.AsyncClient(timeout=httpx.Timeout(HANG_SECONDS + 14, connect=5))

    async def prepare(self, ledger: Path) -> None:
        """Create the tasks, and a token that is valid on all replicas."""
        async with await self._crew.client() as client:
            for definition in task_definitions(ledger):
                self._tasks[definition["name"]] = (await client.create_task(definition)).id
            self._crew.token = (await client.request("POST", "/api/tokens", json={"name": "drill"}))["data"]["token"]
        for replica in self._crew.replicas:
            await self._crew.until_ready(replica)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def make_runs(self) -> None:
        """Create runs until cancelled, not more than the workers can execute; catch up after an outage."""
        due = time.monotonic()
        while True:
            if self.waiting < self.pace.most_waiting and not self.is_quiet:
                await self.make([random.choice(self.pace.kinds) for _ in range(self.pace.batch)])
            now = time.monotonic()
            due = max(due + PAUSE_SECONDS, now - _MOST_BEHIND_SECONDS)
            await asyncio.sleep(max(0.0, due - now))

    async def make(self, kinds: list[str]) -> list[int]:
        """Create runs of these kinds on the first replica that succeeds; return their ids."""
        body = {"runs": [{"task_id": self._tasks[kind]} for kind in kinds]}
        key = uuid.uuid4().hex
        while True:
            answer = await self.ask("POST", "/api/runs/batch", json=body, headers={"Idempotency-Key": key})
            if answer is not None and answer.is_success:
                run_ids: list[int] = answer.json()["data"]["run_ids"]
                self.acknowledged.update(zip(run_ids, kinds, strict=True))
                return run_ids
            if answer is not None and ANSWER_IS_LOST in answer.text:
                key = uuid.uuid4().hex  # those runs exist, and nobody knows their ids
            await asyncio.sleep(0.1)

    async def make_task(self, definition: dict[str, Any]) -> int:
        """Create another task; return its id."""
        while True:
            answer = await self.ask("POST", "/api/tasks", json=definition)
            if answer is not None and answer.is_success:
                return int(answer.json()["data"]["id"])
            await asyncio.sleep(0.1)

    async def delete_task(self, task_id: int) -> None:
        """Delete a task."""
        while (answer := await self.ask("DELETE", f"/api/tasks/{task_id}")) is None or not answer.is_success:
            await asyncio.sleep(0.1)

    async def cancel_all(self) -> None:
        """Cancel all unfinished runs of the load."""
        run_ids = list(self.acknowledged)
        self.cancelled.update(run_ids)
        for first in range(0, len(run_ids), _MOST_CANCELLED):
            body = {"run_ids": run_ids[first : first + _MOST_CANCELLED]}
            while (answer := await self.ask("POST", "/api/runs/cancel", json=body)) is None or not answer.is_success:
                await asyncio.sleep(0.1)

    async def loop_tasks(self, replica: Replica) -> int:
        """Return the number of asyncio tasks of a replica."""
        answer = await self._http.get(f"{replica.url}/metrics")
        lines = (line.split() for line in answer.text.splitlines())
        return next(int(float(words[1])) for words in lines if words and words[0] == "taskdeck_event_loop_tasks")

    async def watch_answers(self) -> None:
        """Check the replicas until cancelled."""
        while True:
            await self.ask("GET", "/api/system/stats")
            await asyncio.sleep(PAUSE_SECONDS)

    async def ask(self, method: str, path: str, **options: Any) -> httpx.Response | None:
        """Query any live replica, and record a forbidden answer; None where every connection failed."""
        living = [replica for replica in self._crew.replicas if replica.is_up and not replica.is_paused]
        if not living:
            return None
        return await self._ask_one(random.choice(living), method, path, **options)

    async def _ask_one(self, replica: Replica, method: str, path: str, **options: Any) -> httpx.Response | None:
        headers = {"Authorization": f"Bearer {self._crew.token}", **options.pop("headers", {})}
        life = replica.pid
        began = time.monotonic()
        try:
            answer = await self._http.request(method, f"{replica.url}{path}", headers=headers, **options)
        except httpx.HTTPError:
            answer = None
        took = time.monotonic() - began
        was_up = replica.is_up and replica.pid == life and not replica.is_paused
        if took > HANG_SECONDS and was_up:
            self.answers.wrong.append(f"{method} {path} took {took:.0f} s")
        if answer is None:
            return None
        if answer.status_code < 500:
            self.answers.good += 1
        elif answer.status_code == 503 and answer.headers.get("Retry-After"):
            self.answers.unavailable += 1
        else:
            self.answers.wrong.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
        return answer
