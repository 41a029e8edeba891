"""Many tasks at a glance: pages, counts, folders, how their last runs ended."""

from collections.abc import Sequence

from backend.context import ServiceContext
from backend.pages import PagePosition, PageRequest
from backend.runs import recent_outcomes
from backend.tasks import search as store
from shared.models.task import Task
from shared.models.task_overview import RecentOutcomes, TaskFolder


class TaskListing:
    """The use cases of whoever looks for tasks."""

    def __init__(self, context: ServiceContext) -> None:
        self._database = context.database

    async def find(self, wanted: store.TaskFilter, page: PageRequest) -> tuple[list[Task], PagePosition]:
        """Return one page of tasks."""
        async with self._database.transaction() as connection:
            return await store.list_tasks(connection, wanted, page)

    async def count(self, wanted: store.TaskFilter) -> int:
        """Return how many tasks fit."""
        async with self._database.transaction() as connection:
            return await store.count_tasks(connection, wanted)

    async def folders(self) -> Sequence[TaskFolder]:
        """Return the folders that have tasks of their own."""
        async with self._database.transaction() as connection:
            return await store.folders(connection)

    async def recent_outcomes(self, task_ids: Sequence[int], *, most: int) -> list[RecentOutcomes]:
        """Return how the last runs of each task ended, the newest first."""
        async with self._database.transaction() as connection:
            return await recent_outcomes.recent_outcomes(connection, task_ids, most=most)
