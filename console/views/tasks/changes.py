"""Changes to one task or many: one request each, with a way back where there is one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.bulk import BulkAnswer, BulkWords, answer_of, bulk_words, check_changed, refusal_sentences
from console.context import Context
from console.views.tasks.many_edits import TaskEdit
from console.words import fill, number, tr
from shared.enums import BulkReason
from shared.models.bulk import (
    BulkResult,
    BulkTasks,
    DeleteTasks,
    LabelTasks,
    MoveTasks,
    PauseTasks,
    ResumeTasks,
    TriggerTasks,
    UndoneAction,
    UndoTasks,
)
from shared.models.task import Task
from shared.models.task_apply import ApplyAction
from shared.models.task_filter import TaskFilterFields


@dataclass(frozen=True, slots=True)
class TaskSelection:
    """The tasks that an action means: those that are loaded, or all `count` that a filter selects."""

    tasks: Sequence[Task]
    count: int
    filter: TaskFilterFields | None = None

    @classmethod
    def of(cls, tasks: Sequence[Task]) -> "TaskSelection":
        """Return a selection of tasks that are loaded."""
        return cls(tasks, len(tasks))

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of a request that select them."""
        return {"ids": [task.id for task in self.tasks]} if self.filter is None else {"filter": self.filter}

    @property
    def words(self) -> str:
        """The name of one task, or how many there are."""
        return self.tasks[0].name if self.count == 1 and self.tasks else tr("%1 tasks", number(self.count))


class TaskChanges:
    """Sends the changes, and notes how to take them back."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def pause(self, selection: TaskSelection) -> None:
        """Pause schedules."""
        await self._change(PauseTasks(action="pause", **selection.fields), tr("Paused %1"), selection)

    async def resume(self, selection: TaskSelection) -> None:
        """Resume schedules."""
        await self._change(ResumeTasks(action="resume", **selection.fields), tr("Resumed %1"), selection)

    async def label(self, selection: TaskSelection, *, added: Mapping[str, str], removed: Sequence[str]) -> None:
        """Change labels."""
        request = LabelTasks(action="label", add=dict(added), remove=list(removed), **selection.fields)
        await self._change(request, tr("Labelled %1"), selection)

    async def move(self, selection: TaskSelection, folder: str) -> None:
        """Move tasks into a folder."""
        request = MoveTasks(action="move", folder=folder, **selection.fields)
        await self._change(request, tr("Moved %1"), selection)

    async def edit(self, edits: Sequence[TaskEdit]) -> None:
        """Give fields of tasks other values by one request, all or none.

        A task that was deleted or renamed in between is left out: applying it would create another of its name.
        """
        client = self._context.connection.client
        trial = await client.apply_tasks([edit.item for edit in edits], dry_run=True)
        kept = [edit for edit, one in zip(edits, trial.tasks, strict=True) if one.action is not ApplyAction.CREATED]
        gone = len(edits) - len(kept)
        result = await client.apply_tasks([edit.item for edit in kept]) if kept else trial
        changed = sum(one.action is ApplyAction.CHANGED for one in result.tasks) if kept else 0
        refused = {BulkReason.GONE: gone, BulkReason.UNCHANGED: len(kept) - changed}
        remark = check_changed(BulkAnswer(changed, refused))

        async def undo() -> str:
            return await self._undo_edit(kept)

        which = kept[0].name if changed == 1 == len(kept) else tr("%1 tasks", number(changed))
        self._context.undo.push(tr("Changed %1", which), undo, remark=remark)

    async def _undo_edit(self, edits: Sequence[TaskEdit]) -> str:
        """Give back the former values to those tasks that still have the ones of the edit."""
        client = self._context.connection.client
        trial = await client.apply_tasks([edit.item for edit in edits], dry_run=True)
        actions = [one.action for one in trial.tasks]
        same = [edit for edit, action in zip(edits, actions, strict=True) if action is ApplyAction.UNCHANGED]
        if same:
            await client.apply_tasks([edit.undoing for edit in same])
        refused = {
            BulkReason.GONE: actions.count(ApplyAction.CREATED),
            BulkReason.CHANGED_SINCE: actions.count(ApplyAction.CHANGED),
        }
        return refusal_sentences(BulkAnswer(len(same), refused))

    async def count_deleted(self, selection: TaskSelection) -> BulkResult:
        """Return what a deletion would do."""
        return await self._send(DeleteTasks(action="delete", dry_run=True, **selection.fields))

    async def delete(self, selection: TaskSelection, *, at_most: int) -> str:
        """Delete tasks and their runs, where no more are selected than were counted; return what became of it."""
        result = await self._send(DeleteTasks(action="delete", at_most=at_most, **selection.fields))
        words = BulkWords(lambda: tr("1 task deleted."), lambda count: tr("%1 tasks deleted.", count))
        return bulk_words(words, answer_of(result))

    async def trigger(self, selection: TaskSelection) -> tuple[list[int], str]:
        """Run tasks now; return the ids of their runs, and what became of it."""
        result = await self._send(TriggerTasks(action="trigger", **selection.fields))
        words = BulkWords(lambda: tr("1 run created."), lambda count: tr("%1 runs created.", count))
        return result.run_ids, bulk_words(words, answer_of(result))

    async def _send(self, request: BulkTasks) -> BulkResult:
        return await self._context.connection.client.change_tasks(request)

    async def _change(
        self, request: PauseTasks | ResumeTasks | LabelTasks | MoveTasks, words: str, selection: TaskSelection
    ) -> None:
        result = await self._send(request)
        remark = check_changed(answer_of(result))
        undoes: UndoneAction = request.action

        async def undo() -> str:
            undone = await self._send(UndoTasks(action="undo", undoes=undoes, ids=result.ids, versions=result.versions))
            return refusal_sentences(answer_of(undone))

        names = {task.id: task.name for task in selection.tasks}
        only = names.get(result.ids[0], "") if result.changed == 1 else ""
        which = only or (tr("1 task") if result.changed == 1 else tr("%1 tasks", number(result.changed)))
        self._context.undo.push(fill(words, which), undo, remark=remark)
