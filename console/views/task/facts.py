"""All that the page of a task shows at first, asked for at once."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.client import TaskdeckClient
from shared.models.alert import Alert, Silence
from shared.models.run import Run
from shared.models.task import Task
from shared.models.task_graph import TaskGraph
from shared.models.task_version import TaskVersion

MOST_RUNS = 50
MOST_OCCURRENCES = 5
MOST_ALERTS = 5


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """A task, its next occurrences, and the graph of what it depends on and what depends on it."""

    task: Task
    upcoming: Sequence[datetime]
    graph: TaskGraph


@dataclass(frozen=True, slots=True)
class TaskRecord:
    """What happened to a task: its runs, versions and alerts, each the newest first, and the silences in force."""

    runs: Sequence[Run]
    versions: Sequence[TaskVersion]
    alerts: Sequence[Alert]
    silences: Sequence[Silence]


async def load_facts(client: TaskdeckClient, task_id: int) -> TaskFacts:
    """Return what a task is; raises `NotFoundError`."""
    task, upcoming, graph = await asyncio.gather(
        client.get_task(task_id), client.upcoming(task_id, MOST_OCCURRENCES), client.task_graph(task_id)
    )
    return TaskFacts(task, upcoming.times, graph)


async def load_alerts(client: TaskdeckClient, task_id: int) -> tuple[list[Alert], list[Silence]]:
    """Return the newest alerts about a task, and all silences in force."""
    return await asyncio.gather(client.list_alerts(task_id=task_id, limit=MOST_ALERTS), client.list_silences())


async def load_record(client: TaskdeckClient, task_id: int) -> TaskRecord:
    """Return what happened to a task; raises `NotFoundError`."""
    runs, versions, (alerts, silences) = await asyncio.gather(
        client.list_runs(task_id=task_id, limit=MOST_RUNS), client.versions(task_id), load_alerts(client, task_id)
    )
    return TaskRecord(runs.data, versions, alerts, silences)
