"""Acknowledging open alerts, from wherever an alert or a failure is shown: the others see who takes care."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Generic, TypeVar

from console.bulk import answer_of, check_changed
from console.context import Context
from console.incidents import incidents_of
from console.widgets.row_action import ActionGroup, RowAction
from console.words import number, tr
from shared.client import TaskdeckClient
from shared.errors import ConflictError
from shared.models.bulk import ChangeAlerts

R = TypeVar("R")

ACKNOWLEDGE = "acknowledge"
_NEWEST = 50
"""Messages of a task among which its open alerts are looked for."""


async def open_alerts(client: TaskdeckClient, task_ids: Iterable[int]) -> list[int]:
    """Return the ids of the newest messages of tasks' open alerts that nobody has acknowledged."""
    found: set[int] = set()
    for task_id in sorted(set(task_ids)):
        incidents = incidents_of(await client.list_alerts(task_id=task_id, limit=_NEWEST))
        found |= {one.newest.id for one in incidents if one.is_unattended}
    return sorted(found)


class Acknowledger(Generic[R]):
    """Acknowledges the alerts of rows; the undo stack takes it back."""

    def __init__(self, context: Context, find: Callable[[Sequence[R]], Awaitable[list[int]]]) -> None:
        """`find` returns the ids of the alerts of rows."""
        self._context = context
        self._find = find

    def action(
        self, *, applies: Callable[[R], bool] = lambda _row: True, refusal: Callable[[R], str], on_hover: bool = False
    ) -> RowAction[R]:
        """Return the action of a table; `refusal` says why the user may not."""
        return RowAction(
            id=ACKNOWLEDGE,
            text=lambda: tr("Acknowledge"),
            do=self.start,
            icon_name="done",
            group=ActionGroup.NOTIFY,
            applies=applies,
            refusal=refusal,
            on_hover=on_hover,
        )

    def start(self, rows: Sequence[R]) -> None:
        """Acknowledge the alerts of the rows in the background."""
        self._context.background.start(self.acknowledge(rows), name="acknowledge alerts")

    async def acknowledge(self, rows: Sequence[R]) -> None:
        """Acknowledge the alerts of the rows.

        :raises ConflictError: none is open that nobody has acknowledged.
        """
        client = self._context.connection.client
        ids = await self._find(rows)
        if not ids:
            raise ConflictError(tr("There is no open alert here that nobody has acknowledged."))
        result = await client.change_alerts(ChangeAlerts(action="acknowledge", ids=ids))
        remark = check_changed(answer_of(result))

        async def take_back() -> None:
            await client.change_alerts(ChangeAlerts(action="take_back", ids=result.ids))

        count = len(result.ids)
        words = tr("Alert acknowledged") if count == 1 else tr("%1 alerts acknowledged", number(count))
        self._context.undo.push(words, take_back, remark=remark)
