"""Changes to one task or many: one call each, a few at a time, with a way back where there is one."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from PySide6.QtCore import QObject, Signal

from console.connection.errors import explain
from console.context import Context
from console.words import fill, number, tr
from shared.errors import BackendUnreachableError, TaskdeckError
from shared.models.run import Run
from shared.models.task import Task

AT_ONCE = 6


Each = Callable[[Task], Awaitable[object]]


def with_labels(labels: Mapping[str, str], *, added: Mapping[str, str], removed: Sequence[str]) -> dict[str, str]:
    """Return labels with some more and without others; what is added wins."""
    return {name: value for name, value in labels.items() if name not in removed} | dict(added)


class TaskChanges(QObject):
    """`progressed` tells how many of how many are done, `done` follows the last; `cancel` stops before the next."""

    progressed = Signal(int, int)
    done = Signal()

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._is_cancelled = False

    def cancel(self) -> None:
        """Begin with no more tasks; what is under way ends."""
        self._is_cancelled = True

    async def pause(self, tasks: Sequence[Task]) -> None:
        """Stop schedules, and note how to start them again."""
        paused = await self._each(tasks, lambda task: self._context.connection.client.pause_task(task.id))
        self._note(paused, tr("Paused %1"), lambda task: self._context.connection.client.resume_task(task.id))

    async def resume(self, tasks: Sequence[Task]) -> None:
        """Start schedules, and note how to stop them again."""
        resumed = await self._each(tasks, lambda task: self._context.connection.client.resume_task(task.id))
        self._note(resumed, tr("Resumed %1"), lambda task: self._context.connection.client.pause_task(task.id))

    async def label(self, tasks: Sequence[Task], *, added: Mapping[str, str], removed: Sequence[str]) -> None:
        """Change labels, and note what they were."""

        async def change(task: Task) -> object:
            labels = with_labels(task.labels, added=added, removed=removed)
            return await self._context.connection.client.update_task(task.id, {"labels": labels})

        labelled = await self._each(tasks, change)
        self._note(
            labelled,
            tr("Labelled %1"),
            lambda task: self._context.connection.client.update_task(task.id, {"labels": task.labels}),
        )

    async def delete(self, tasks: Sequence[Task]) -> None:
        """Delete tasks and their runs."""
        await self._each(tasks, lambda task: self._context.connection.client.delete_task(task.id))

    async def trigger(self, tasks: Sequence[Task]) -> list[Run]:
        """Run tasks now and return their runs."""
        runs: list[Run] = []

        async def run(task: Task) -> object:
            runs.append(await self._context.connection.client.trigger_task(task.id))
            return None

        await self._each(tasks, run)
        return runs

    def _note(self, tasks: Sequence[Task], words: str, take_back: Each) -> None:
        if not tasks:
            return

        async def undo() -> None:
            await self._each(tasks, take_back)

        self._context.undo.push(fill(words, names(tasks)), undo)

    async def _each(self, tasks: Sequence[Task], do: Each) -> list[Task]:
        """Change each task, a few at a time, and return those that changed. Failures are reported once, at the end."""
        self._is_cancelled = False
        waiting = list(reversed(tasks))
        finished: list[Task] = []
        failed: list[tuple[Task, TaskdeckError]] = []

        async def work() -> None:
            while waiting and not self._is_cancelled:
                task = waiting.pop()
                try:
                    await do(task)
                    finished.append(task)
                except BackendUnreachableError:
                    waiting.clear()
                    raise
                except TaskdeckError as error:
                    failed.append((task, error))
                self.progressed.emit(len(finished) + len(failed), len(tasks))

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(AT_ONCE, len(tasks))):
                    group.create_task(work())
        except* BackendUnreachableError as errors:
            raise errors.exceptions[0] from None
        finally:
            self.done.emit()
        if failed:
            self._context.background.failed.emit(_summary(failed, len(tasks)))
        return finished


def _summary(failed: Sequence[tuple[Task, TaskdeckError]], total: int) -> TaskdeckError:
    """Return what is said of the failures: the one there is, or how many with the first of them."""
    task, error = failed[0]
    if len(failed) == 1 and total == 1:
        return error
    words = tr("%1 of %2 tasks failed. The first error, of %3: %4")
    for place, text in enumerate((number(len(failed)), number(total), task.name, error.detail or explain(error).what)):
        words = words.replace(f"%{place + 1}", text)
    return TaskdeckError(words)


def names(tasks: Sequence[Task]) -> str:
    """Return the name of one task, or how many there are."""
    return tasks[0].name if len(tasks) == 1 else tr("%1 tasks", number(len(tasks)))
