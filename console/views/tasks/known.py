"""What the task editor knows of the backend: the names that a task may use."""

import asyncio
import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from shared.client import TaskdeckClient
from shared.errors import ForbiddenError, NotFoundError
from shared.models.alert import Rule
from shared.models.concurrency_group import ConcurrencyGroup
from shared.models.schedule import Calendar
from shared.models.system import ExecutorInfo
from shared.models.worker import Worker

_MOST_TASKS = 500
_MOST_WORKERS = 500
_MOST_SEARCHED = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a task may name. `task_ids` are those of tasks by name; it gets each further task that is found.

    `labels` and `worker_labels` are the values of labels by name.
    """

    executors: Sequence[ExecutorInfo]
    calendars: Sequence[Calendar] = ()
    groups: Sequence[ConcurrencyGroup] = ()
    rules: Sequence[Rule] = ()
    folders: Sequence[str] = ()
    labels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    worker_labels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    task_types: Sequence[str] = ()
    task_ids: dict[str, int] = field(default_factory=dict)

    def executor(self, name: str) -> ExecutorInfo | None:
        """Return an executor by its name."""
        return next((one for one in self.executors if one.name == name), None)

    def calendar(self, name: str) -> Calendar | None:
        """Return a calendar by its name."""
        return next((one for one in self.calendars if one.name == name), None)


async def load_known(client: TaskdeckClient, upstream_ids: Sequence[int]) -> Known:
    """Fetch the names; of the tasks the first 500 by name, and those that the task depends on."""
    tasks, folders, executors, calendars, groups, rules, workers = await asyncio.gather(
        client.list_tasks(limit=_MOST_TASKS),
        client.task_folders(),
        client.executors(),
        client.request("GET", "/api/calendars"),
        client.request("GET", "/api/concurrency-groups"),
        _rules(client),
        _workers(client),
    )
    ids = {task.name: task.id for task in tasks.data}
    for task_id in set(upstream_ids) - set(ids.values()):
        with contextlib.suppress(NotFoundError):  # a task that one may not read stays without a name
            ids[(await client.get_task(task_id)).name] = task_id
    return Known(
        executors=executors,
        calendars=[Calendar.model_validate(one) for one in calendars["data"]],
        groups=[ConcurrencyGroup.model_validate(one) for one in groups["data"]],
        rules=rules,
        folders=[folder.path for folder in folders if folder.path],
        labels=_values_by_name(task.labels for task in tasks.data),
        worker_labels=_values_by_name(worker.labels for worker in workers),
        task_types=sorted(
            {name for worker in workers for name in worker.task_types if name != "*"}
            | {task.task_type for task in tasks.data}
            | {one.name for one in executors}
        ),
        task_ids=ids,
    )


async def find_tasks(client: TaskdeckClient, names: Iterable[str]) -> dict[str, int]:
    """Return the ids of the tasks of these names; those that do not exist, or may not be read, are left out."""
    found: dict[str, int] = {}
    for name in names:
        tasks = await client.list_tasks(q=name[:_MOST_SEARCHED], sort="name", limit=_MOST_TASKS)
        found |= {task.name: task.id for task in tasks.data if task.name == name}
    return found


async def _rules(client: TaskdeckClient) -> Sequence[Rule]:
    try:
        answer = await client.request("GET", "/api/alerts/rules")
    except ForbiddenError:
        return ()
    return [Rule.model_validate(one) for one in answer["data"]]


async def _workers(client: TaskdeckClient) -> Sequence[Worker]:
    try:
        return (await client.list_workers(limit=_MOST_WORKERS)).data
    except ForbiddenError:
        return ()


def _values_by_name(labels: Iterable[Mapping[str, str]]) -> dict[str, list[str]]:
    found: dict[str, set[str]] = {}
    for one in labels:
        for name, value in one.items():
            found.setdefault(name, set()).add(value)
    return {name: sorted(values) for name, values in found.items()}
