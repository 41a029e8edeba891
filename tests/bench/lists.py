"""How long the API takes for a page of 50 tasks or runs, with each filter and each sort, in a large database."""

from __future__ import annotations

import asyncio
import http.client
import itertools
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from backend.runs.listing import SORTABLE as RUN_SORTS
from backend.tasks.listing import SORTABLE as TASK_SORTS
from shared.models.run import Run
from shared.models.run_filter import RunFilterFields
from tests.bench.large_database import RUNS, TASKS
from tests.bench.processes import Processes
from tests.bench.report import percentile, report
from tests.bench.sizes import size

REQUESTS = size("LIST_REQUESTS", 20)
"""Of each filter, and of each sort."""
COMBINED_REQUESTS = size("LIST_COMBINED_REQUESTS", 3)
"""Of each filter with each sort."""
SLOW_SECONDS = 2.0
"""One list is not requested again when its requests have taken this long together."""
SHOWN = 15
"""The slowest lists, each of which is printed."""
ANSWER_SECONDS = 120
ROWS = 50

Query = Mapping[str, object]

TASK_FILTERS: Mapping[str, Query] = {
    "folder of two": {"folder": "team-7"},
    "folder below": {"folder": "team-3/nightly"},
    "status paused": {"status": "paused"},
    "status active": {"status": "active"},
    "executor http": {"executor": "http"},
    "task type": {"task_type": "type-5"},
    "priority": {"priority": "high"},
    "label": {"label": "team:t7"},
    "name": {"name": f"export {TASKS // 4 * 4 - 3}"},
    "text, rare": {"q": str(TASKS - 7)},
    "text, frequent": {"q": "import"},
    "one letter": {"q": "x"},
    "schedule": {"has_schedule": "true"},
    "no schedule": {"has_schedule": "false"},
    "folder and status": {"folder": "team-8", "status": "active"},
}

_NOW = datetime.now(UTC)


def _ago(days: float) -> str:
    return (_NOW - timedelta(days=days)).isoformat()


RUN_FILTERS: Mapping[str, Query] = {
    "busy task": {"task_id": 2},
    "rare task": {"task_id": TASKS // 2},
    "status succeeded": {"status": ["succeeded"]},
    "status failed": {"status": ["failed"]},
    "failed or timed out": {"status": ["failed", "timed_out"]},
    "status timed out": {"status": ["timed_out"]},
    "status cancelled": {"status": ["cancelled"]},
    "status skipped": {"status": ["skipped"]},
    "status pending": {"status": ["pending"]},
    "status running, none": {"status": ["running"]},
    "running or dispatched, none": {"status": ["running", "dispatched"]},
    "status blocked, none": {"status": ["blocked"]},
    "worker": {"worker_id": "worker-7"},
    "worker, none": {"worker_id": "worker-unknown"},
    "trigger schedule": {"trigger": "schedule"},
    "trigger manual": {"trigger": "manual"},
    "trigger backfill": {"trigger": "backfill"},
    "trigger fan-out": {"trigger": "fan_out", "fan_out_run_id": RUNS // 2000 * 1000},
    "queued, a day of the past": {"since": _ago(10), "until": _ago(9)},
    "queued, the last hours": {"since": _ago(1 / 4)},
    "ended, a day of the past": {"ended_since": _ago(20), "ended_until": _ago(19)},
    "ended, the last hours": {"ended_since": _ago(1 / 4)},
    "waited, an hour of the past": {"waiting_since": _ago(5), "waiting_until": _ago(5 - 1 / 24)},
    "child runs": {"fan_out_run_id": RUNS // 2000 * 1000},
    "backfill": {"backfill_id": 1},
    "text, one task": {"q": f"export {TASKS // 4 * 4 - 3}"},
    "text, frequent": {"q": "import"},
    "text, none": {"q": "no such task"},
    "number": {"q": str(RUNS // 2)},
    "failed of a busy task": {"task_id": 2, "status": ["failed"]},
    "failed on a worker": {"worker_id": "worker-7", "status": ["failed"]},
    "failed, a day of the past": {"status": ["failed"], "since": _ago(10), "until": _ago(9)},
}


@dataclass(frozen=True, slots=True)
class Variant:
    """One list: a path with a filter and a sort, each with its name."""

    path: str
    filter_name: str
    wanted: Query
    sort: str

    @property
    def name(self) -> str:
        return f"{self.path.removeprefix('/api/')}: {self.filter_name}, {self.sort or 'in the usual order'}"

    @property
    def address(self) -> str:
        query = {**self.wanted, "limit": ROWS, **({"sort": self.sort} if self.sort else {})}
        return f"{self.path}?{urlencode(query, doseq=True)}"


def _single(path: str, filters: Mapping[str, Query], sorts: Sequence[str]) -> Iterator[Variant]:
    yield from (Variant(path, name, wanted, "") for name, wanted in filters.items())
    yield from (Variant(path, "no filter", {}, sort) for sort in sorts)


def _combined(path: str, filters: Mapping[str, Query], sorts: Sequence[str]) -> Iterator[Variant]:
    for (name, wanted), sort in itertools.product(filters.items(), sorts):
        yield Variant(path, name, wanted, sort)


class _Reader:
    """Sends requests over one connection; httpx would take as long as a quick answer."""

    def __init__(self, url: str, token: str) -> None:
        self._connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=ANSWER_SECONDS)
        self._headers = {"Authorization": f"Bearer {token}"}
        self.failed: list[str] = []

    def times(self, variant: Variant, requests: int) -> list[float]:
        """Return the milliseconds of each request, after one that checks the answer and warms the caches."""
        status, took, body = self._request(variant)
        if status != 200:
            self.failed.append(f"{variant.name}: HTTP {status} after {took:.0f} ms")
            return [took]
        _check(variant, json.loads(body)["data"])
        taken = [took] if took > 1000 * SLOW_SECONDS else []
        while len(taken) < requests and sum(taken) < 1000 * SLOW_SECONDS:
            status, took, _ = self._request(variant)
            if status != 200:
                self.failed.append(f"{variant.name}: HTTP {status} after {took:.0f} ms")
            taken.append(took)
        return taken

    def _request(self, variant: Variant) -> tuple[int, float, bytes]:
        began = time.perf_counter()
        self._connection.request("GET", variant.address, headers=self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        return answer.status, 1000 * (time.perf_counter() - began), body


def _check(variant: Variant, rows: list[dict[str, Any]]) -> None:
    """End the measure where an answer is empty that must not be, has wrong rows, or is out of order."""
    may_be_empty = variant.filter_name.endswith("none") or variant.filter_name == "one letter"
    if not rows and not may_be_empty:
        raise SystemExit(f"{variant.name}: the list is empty")
    if variant.path == "/api/runs":
        wanted = RunFilterFields.model_validate(dict(variant.wanted)).wanted()
        wrong = [row["id"] for row in rows if not wanted.matches(Run.model_validate(row))]
    else:
        plain = {name: variant.wanted[name] for name in ("status", "executor", "task_type") if name in variant.wanted}
        wrong = [row["id"] for row in rows if any(row[name] != value for name, value in plain.items())]
    if wrong:
        raise SystemExit(f"{variant.name}: rows that do not match: {wrong}")
    if variant.sort.removeprefix("-") == "id":
        ids = [row["id"] for row in rows]
        if ids != sorted(ids, reverse=variant.sort.startswith("-")):
            raise SystemExit(f"{variant.name}: the rows are out of order")


def _measure(reader: _Reader, of: str, variants: Sequence[Variant], requests: int) -> dict[str, float]:
    """Report the percentile of all requests; return that of each list."""
    taken = {variant.name: reader.times(variant, requests) for variant in variants}
    together = [value for values in taken.values() for value in values]
    report("api_list_p99_ms", percentile(together, 0.99), "ms", of=of)
    return {name: percentile(values, 0.99) for name, values in taken.items()}


async def measure(system: Processes) -> None:
    """Request each list several times, one after the other."""
    reader = _Reader(system.url, await system.access_token())
    slow: dict[str, float] = {}
    for what, filters, fields in (("tasks", TASK_FILTERS, TASK_SORTS), ("runs", RUN_FILTERS, RUN_SORTS)):
        path, sorts = f"/api/{what}", [sign + name for name in fields for sign in ("", "-")]
        single, combined = list(_single(path, filters, sorts)), list(_combined(path, filters, sorts))
        slow |= await asyncio.to_thread(_measure, reader, what, single, REQUESTS)
        of = f"{what}, each filter with each sort"
        slow |= await asyncio.to_thread(_measure, reader, of, combined, COMBINED_REQUESTS)
    for name in sorted(slow, key=lambda one: -slow[one])[:SHOWN]:
        report("api_list_p99_ms", slow[name], "ms", of=name)
    if reader.failed:
        raise SystemExit("lists without an answer:\n" + "\n".join(reader.failed))
