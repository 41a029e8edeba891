"""Many schedules: a burst of due tasks, the cost of idle ones, and the hot queries with a million runs."""

from __future__ import annotations

import asyncio
import json
import re
import time
from typing import Any

import asyncpg
import psutil

from backend.runs import claim as dispatch_queue
from backend.runs import release as gate
from backend.scheduling import due as timing
from tests.bench.processes import Processes, end
from tests.bench.report import percentile, report
from tests.bench.rows import WAITING_PLACEMENTS, add_tasks, add_waiting_runs

BURST = 10_000
IDLE_SCHEDULES = 100_000
WAITING_RUNS = 1_000_000
LEAD_SECONDS = 5
SLOTS = 64
WATCH_SECONDS = 20
WAIT_SECONDS = 120


async def measure(system: Processes) -> None:
    """Measure the burst, then the idle cost, then the queries."""
    connection = await asyncpg.connect(system.servers.database_url)
    workers = [await system.start_worker(f"burst-{number}", slots=SLOTS) for number in range(2)]
    try:
        await system.until_online(2)
        await _burst(system, connection)
        for worker in workers:
            end(worker)
        await _idle(system, connection)
        await _queries(connection)
    finally:
        for worker in workers:
            end(worker)
        await connection.close()


async def _burst(system: Processes, connection: asyncpg.Connection[Any]) -> None:
    due = await connection.fetchval("select date_trunc('second', now()) + $1 * interval '1 second'", LEAD_SECONDS)
    await add_tasks(connection, "burst", BURST, due)
    task = await system.client.create_task(
        {"name": "wakes the dispatcher", "executor": "noop", "schedule": "0 0 1 1 *"}
    )
    answers: list[float] = []
    # The observer must not compete with the burst, as a join on each poll would.
    succeeded = "select count(*) from runs where status = 'succeeded'"
    done = BURST + await connection.fetchval(succeeded)
    async with asyncio.timeout(WAIT_SECONDS):
        while await connection.fetchval(succeeded) < done:
            for _ in range(10):
                began = time.perf_counter()
                await system.client.get_task(task.id)
                answers.append((time.perf_counter() - began) * 1000)
                await asyncio.sleep(0.01)
    row = await connection.fetchrow(
        "select count(*) as runs, count(distinct task_id) as tasks, max(r.started_at) as last"
        " from runs r join tasks t on t.id = r.task_id where t.folder = 'burst'"
    )
    if (row["runs"], row["tasks"]) != (BURST, BURST):
        raise SystemExit(f"{row['runs']} runs of {row['tasks']} tasks instead of one of each of {BURST}")
    report("due_burst_10k_started_s", (row["last"] - due).total_seconds(), "s")
    report("due_burst_api_p99_ms", percentile(answers, 0.99), "ms")


async def _idle(system: Processes, connection: asyncpg.Connection[Any]) -> None:
    later = await connection.fetchval("select now() + interval '30 days'")
    await add_tasks(connection, "idle", IDLE_SCHEDULES - BURST, later)
    await asyncio.sleep(WATCH_SECONDS)
    backend = psutil.Process(system.backend.pid)
    backend.cpu_percent()
    await asyncio.sleep(WATCH_SECONDS)
    report("idle_100k_schedules_cpu_percent", backend.cpu_percent(), "% of a core")


async def _queries(connection: asyncpg.Connection[Any]) -> None:
    """Print the plan and the duration of each hot query with a million waiting runs."""
    await add_waiting_runs(connection, WAITING_RUNS, folder="burst")
    task_ids = await connection.fetchval("select array_agg(id) from (select id from tasks order by id limit 64) t")
    hot: dict[str, tuple[Any, dict[str, Any]]] = {
        "assign_facts": (dispatch_queue.ASSIGN_FACTS, {"most": 128, "parked": []}),
        "ready_runs": (
            dispatch_queue.READY_RUNS,
            {"placements": WAITING_PLACEMENTS, "room": [8] * len(WAITING_PLACEMENTS), "parked": []},
        ),
        "held_runs": (gate.HELD_RUNS, {"task_ids": task_ids, "most": 500}),
        "task_room": (gate.TASK_ROOM, {"task_ids": task_ids}),
        "next_times": (gate.NEXT_TIMES, {}),
        "next_due": (timing.NEXT_DUE, {}),
    }
    for name, (statement, values) in hot.items():
        sql, arguments = _positional(str(statement.text), values)
        found = await connection.fetch(f"explain (analyze, buffers, costs off) {sql}", *arguments)
        lines = [row[0] for row in found]
        took = next(float(line.split(":")[1].split()[0]) for line in lines if line.startswith("Execution Time"))
        report(f"query_{name}_at_1m_ms", took, "ms")
        print(json.dumps({"plan": name, "lines": lines}), flush=True)


def _positional(sql: str, values: dict[str, Any]) -> tuple[str, list[Any]]:
    """Return the statement with $1, $2 … in place of SQLAlchemy's parameter names."""
    names: list[str] = []

    def number(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    text = re.sub(r"(?<!:):(\w+)", number, sql)
    return text, [values[name] for name in names]
