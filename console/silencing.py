"""Silencing the alerts of tasks, from wherever one of their alerts or failures is shown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Generic, TypeVar

from console.bulk import answer_of, check_changed
from console.context import Context
from console.widgets.row_action import ActionGroup, RowAction
from console.words import enumeration, number, tr
from shared.models.bulk import AddSilences, EndSilences

R = TypeVar("R")

_MORNING = time(8)
"""When people are at work again who silence an alert at night."""
_MOST_NAMES = 3
_LONGEST = timedelta(days=30)
SILENCE_UNTIL_RECOVERY = "silence_until_recovery"


@dataclass(frozen=True, slots=True)
class SilencedTask:
    """A task whose alerts are silenced."""

    id: int
    name: str


def next_morning(now: datetime) -> datetime:
    """Return the next 08:00 of the zone of `now`."""
    morning = datetime.combine(now.date(), _MORNING, now.tzinfo)
    return morning if now < morning else datetime.combine(now.date() + timedelta(days=1), _MORNING, now.tzinfo)


def in_one_hour(now: datetime) -> datetime:
    return now + timedelta(hours=1)


def until_recovery(now: datetime) -> datetime:
    """Return when a silence until the recovery ends at the latest."""
    return now + _LONGEST


def silence_actions(
    silence: Callable[[list[R], Callable[[datetime], datetime]], object],
    *,
    applies: Callable[[R], bool] = lambda _row: True,
    refusal: Callable[[R], str] = lambda _row: "",
    on_hover: bool = False,
) -> list[RowAction[R]]:
    """Return the actions of a table; `silence` gets the rows, and what tells the end of the silence from the time.

    `refusal` says why the user may not silence a row.
    """
    return [
        RowAction(
            id=SILENCE_UNTIL_RECOVERY,
            text=lambda: tr("Silence alerts until it recovers"),
            do=lambda rows: silence(rows, until_recovery),
            icon_name="follow",
            group=ActionGroup.NOTIFY,
            applies=applies,
            refusal=refusal,
            on_hover=on_hover,
        ),
        RowAction(
            id="silence_hour",
            text=lambda: tr("Silence alerts for 1 hour"),
            do=lambda rows: silence(rows, in_one_hour),
            icon_name="silence",
            group=ActionGroup.NOTIFY,
            applies=applies,
            refusal=refusal,
            on_hover=on_hover,
        ),
        RowAction(
            id="silence_morning",
            text=lambda: tr("Silence alerts until 08:00"),
            do=lambda rows: silence(rows, next_morning),
            icon_name="time",
            group=ActionGroup.NOTIFY,
            applies=applies,
            refusal=refusal,
            on_hover=on_hover,
        ),
    ]


class Silencer(Generic[R]):
    """Silences the tasks of rows; the undo stack ends the silences again."""

    def __init__(self, context: Context, task_of: Callable[[R], SilencedTask | None]) -> None:
        """`task_of` returns None for a row without a task."""
        self._context = context
        self._task_of = task_of

    def start(self, rows: Sequence[R], until: Callable[[datetime], datetime]) -> None:
        """Silence each task of the rows once, in the background."""
        self._context.background.start(self.silence(rows, until), name="silence alerts")

    async def silence(self, rows: Sequence[R], until: Callable[[datetime], datetime]) -> None:
        """Silence each task of the rows once."""
        client = self._context.connection.client
        tasks = {task.id: task.name for task in map(self._task_of, rows) if task is not None}
        ends_at = until(datetime.now().astimezone())
        if not tasks:
            return
        is_until_recovery = until is until_recovery
        result = await client.change_silences(
            AddSilences(action="add", ids=list(tasks), ends_at=ends_at, until_recovery=is_until_recovery)
        )
        self._context.silences.refresh()
        remark = check_changed(answer_of(result))

        async def take_back() -> None:
            await client.change_silences(EndSilences(action="end", ids=result.ids))
            self._context.silences.refresh()

        names = enumeration(list(tasks.values())[:_MOST_NAMES])
        named = names if len(tasks) <= _MOST_NAMES else tr("%1 and %2 others", names, number(len(tasks) - _MOST_NAMES))
        words = (
            (
                tr("Silenced %1 until it recovers", named)
                if len(tasks) == 1
                else tr("Silenced %1 until they recover", named)
            )
            if is_until_recovery
            else tr("Silenced %1 until %2", named, f"{ends_at:%H:%M}")
        )
        self._context.undo.push(words, take_back, remark=remark)
