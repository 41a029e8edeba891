"""What there is to know of a run beside its log, as facts, and all of the page as it is loaded."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from console.charts.usual_band import UsualBand, usual_band
from console.status_words import group_words, resource_words, status_words, trigger_words
from console.views.run.neighbours import RunNeighbours, load_neighbours
from console.views.run.sections import FAILED
from console.views.runs.compare_dialog import last_success
from console.views.runs.comparison import Compared, compare
from console.views.task.run_summary import band_words
from console.widgets.linked_facts import Fact
from console.words import Times, absolute, duration, tr
from shared.client import TaskdeckClient
from shared.enums import RunStatus
from shared.models.alert import Alert
from shared.models.run import Attempt, ResourceSample, Run, RunInputs
from shared.models.task_version import FieldChange

_MOST_OUTCOMES = 50
_MOST_ALERTS = 200
"""Alerts about the task among which those about the run are found."""
MOST_BESIDE = 20


@dataclass(frozen=True, slots=True)
class RunFacts:
    """A run with its attempts, use of resources, inputs, and what ran beside it."""

    run: Run
    attempts: Sequence[Attempt]
    samples: Sequence[ResourceSample]
    inputs: RunInputs
    beside: Sequence[Run]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run beside the last success of its task before it: what differs, and what the task's definition changed."""

    other: Run
    facts: Sequence[Compared]
    changes: Sequence[FieldChange]


async def load_run(client: TaskdeckClient, run_id: int) -> RunFacts:
    """Return what a run is; raises `NotFoundError`."""
    return RunFacts(
        *await asyncio.gather(
            client.get_run(run_id),
            client.attempts(run_id),
            client.resources(run_id),
            client.run_inputs(run_id),
            client.runs_beside(run_id, limit=MOST_BESIDE),
        )
    )


@dataclass(frozen=True, slots=True)
class RunContext:
    """What stands around a run: how long its task usually takes, its neighbours, its alerts, the last success."""

    band: UsualBand | None
    neighbours: RunNeighbours
    alerts: Sequence[Alert]
    comparison: Comparison | None


async def load_context(client: TaskdeckClient, run: Run, inputs: RunInputs) -> RunContext:
    """Return what stands around a run; raises `NotFoundError`."""

    async def alerts() -> list[Alert]:
        found = await client.list_alerts(task_id=run.task_id, limit=_MOST_ALERTS)
        return [alert for alert in found if alert.run_id == run.id]

    async def comparison() -> Comparison | None:
        return await load_comparison(client, run, inputs) if run.status in FAILED else None

    return RunContext(
        *await asyncio.gather(load_band(client, run), load_neighbours(client, run), alerts(), comparison())
    )


async def load_band(client: TaskdeckClient, run: Run) -> UsualBand | None:
    """Return how long successful runs of the task of a run usually take."""
    found = await client.recent_outcomes([run.task_id], count=_MOST_OUTCOMES)
    return usual_band(
        [
            float(one.execution_time_ms)
            for one in found.get(run.task_id, [])
            if one.status is RunStatus.SUCCEEDED and one.execution_time_ms is not None
        ]
    )


async def load_comparison(client: TaskdeckClient, run: Run, inputs: RunInputs) -> Comparison | None:
    """Return how a run differs from the last success of its task before it; None where there is none."""
    other = await last_success(client, run)
    if other is None:
        return None
    changes: Sequence[FieldChange] = []
    if other.task_version != run.task_version:
        changes = await client.version_diff(run.task_id, before=other.task_version, after=run.task_version)
    return Comparison(other, compare(run, other, inputs, await client.run_inputs(other.id)), changes)


def detail_facts(
    facts: RunFacts, band: UsualBand | None, neighbours: RunNeighbours, times: Times, now: datetime
) -> list[Fact]:
    """Return when, where and why a run ran, with links to what it came from; some facts may be empty."""
    run = facts.run

    def instant(name: str, at: datetime | None) -> Fact:
        return Fact(name, times.show(at, now), tip=absolute(at))

    def other(name: str, found: Run | None) -> Fact:
        if found is None:
            return Fact(name, "")
        return Fact(name, tr("Run %1 · %2", found.id, status_words(found.status)), "run", {"run": found.id})

    parent = run.fan_out_run_id or run.parent_run_id
    return [
        other(tr("Newer run"), neighbours.newer),
        other(tr("Previous run"), neighbours.older),
        Fact(tr("Trigger"), trigger_words(run.trigger)),
        Fact(
            tr("Fan-out of") if run.fan_out_run_id is not None else tr("Follows"),
            "" if parent is None else tr("Run %1", parent),
            "run",
            {"run": parent},
        ),
        Fact(tr("Fan-out"), group_words(run)),
        instant(tr("Scheduled for"), run.scheduled_for),
        instant(tr("Queued"), run.queued_at),
        instant(tr("Started"), run.started_at),
        instant(tr("Ended"), run.completed_at),
        Fact(tr("Queue time"), duration(_waited(run))),
        Fact(tr("Usual duration"), band_words(band)),
        Fact(tr("Worker"), run.worker_id or "", "workers", {"worker": run.worker_id}),
        Fact(tr("Exit code"), "" if run.exit_code is None else str(run.exit_code)),
        Fact(tr("HTTP status"), "" if run.http_status is None else str(run.http_status)),
        Fact(tr("Resources"), resource_words(run, facts.samples)),
        Fact(tr("Concurrency group"), run.concurrency_group or "", "policies", {"page": "concurrency-groups"}),
        Fact(tr("Trace"), run.trace_id or ""),
        Fact(tr("Backfill"), str(run.backfill_id or ""), "policies", {"page": "backfills"}),
    ]


def _waited(run: Run) -> int | None:
    return None if run.started_at is None else round((run.started_at - run.queued_at).total_seconds() * 1000)
