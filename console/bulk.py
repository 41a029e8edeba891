"""What became of an action on many things: how many were changed, how many were not, and why."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from console.connection.errors import explain
from console.words import number, sentences, tr
from shared.enums import BulkReason
from shared.errors import (
    BackendUnreachableError,
    ConflictError,
    ForbiddenError,
    NotFoundError,
    TaskdeckError,
    UnauthorizedError,
)
from shared.models.bulk import BulkResult

T = TypeVar("T")
_AT_ONCE = 6
_STOPS = (BackendUnreachableError, UnauthorizedError)
"""Errors after which no other item would succeed either."""


@dataclass(frozen=True, slots=True)
class BulkAnswer:
    """How many were changed, how many were not for which reason, and the errors of others."""

    changed: int
    refused: Mapping[BulkReason, int] = field(default_factory=dict)
    errors: Sequence[str] = ()


def answer_of(result: BulkResult) -> BulkAnswer:
    """Return the backend's answer as it is said."""
    return BulkAnswer(result.changed, {one.reason: one.count for one in result.refused})


async def change_each(items: Sequence[T], change: Callable[[T], Awaitable[object]]) -> BulkAnswer:
    """Change each of the items, a few at a time, where the backend has no request for many.

    :raises BackendUnreachableError: the backend does not answer; the items that are left are not tried.
    """
    waiting = list(reversed(items))
    changed = 0
    refused: Counter[BulkReason] = Counter()
    errors: list[str] = []

    async def work() -> None:
        nonlocal changed
        while waiting:
            item = waiting.pop()
            try:
                await change(item)
                changed += 1
            except _STOPS:
                waiting.clear()
                raise
            except NotFoundError:
                refused[BulkReason.GONE] += 1
            except ForbiddenError:
                refused[BulkReason.NOT_PERMITTED] += 1
            except TaskdeckError as error:
                errors.append(explain(error).text)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(_AT_ONCE, len(items))):
                group.create_task(work())
    except* _STOPS as stopped:
        raise stopped.exceptions[0] from None
    return BulkAnswer(changed, refused, errors)


def refusal_sentences(answer: BulkAnswer) -> str:
    """Return how many were not changed, for each reason; empty where all were."""
    words = [_counted(reason, answer.refused[reason]) for reason in _SENTENCES if answer.refused.get(reason)]
    if answer.errors:
        failed = len(answer.errors)
        first = tr("1 failed") if failed == 1 else tr("%1 failed, the first for this reason", number(failed))
        words += [first, answer.errors[0]]
    return sentences(*words)


def _counted(reason: BulkReason, count: int) -> str:
    one, many = _SENTENCES[reason]
    return one() if count == 1 else many(number(count))


_SENTENCES: dict[BulkReason, tuple[Callable[[], str], Callable[[str], str]]] = {
    BulkReason.ALREADY_ENDED: (
        lambda: tr("1 had already ended."),
        lambda count: tr("%1 had already ended.", count),
    ),
    BulkReason.ALREADY_STARTED: (
        lambda: tr("1 had already started."),
        lambda count: tr("%1 had already started.", count),
    ),
    BulkReason.NOT_ENDED: (lambda: tr("1 has not ended yet."), lambda count: tr("%1 have not ended yet.", count)),
    BulkReason.ALREADY_PAUSED: (
        lambda: tr("1 was already paused."),
        lambda count: tr("%1 were already paused.", count),
    ),
    BulkReason.ALREADY_ACTIVE: (
        lambda: tr("1 was already active."),
        lambda count: tr("%1 were already active.", count),
    ),
    BulkReason.UNCHANGED: (
        lambda: tr("1 needed no change."),
        lambda count: tr("%1 needed no change.", count),
    ),
    BulkReason.CHANGED_SINCE: (
        lambda: tr("1 has been changed since and stays as it is."),
        lambda count: tr("%1 have been changed since and stay as they are.", count),
    ),
    BulkReason.HAS_DEPENDENTS: (
        lambda: tr("1 stays, because another task depends on it."),
        lambda count: tr("%1 stay, because other tasks depend on them.", count),
    ),
    BulkReason.INVALID_SCHEDULE: (
        lambda: tr("1 has a schedule that cannot be evaluated."),
        lambda count: tr("%1 have schedules that cannot be evaluated.", count),
    ),
    BulkReason.TASK_DELETED: (
        lambda: tr("The task of 1 was deleted."),
        lambda count: tr("The tasks of %1 were deleted.", count),
    ),
    BulkReason.GONE: (lambda: tr("1 no longer exists."), lambda count: tr("%1 no longer exist.", count)),
    BulkReason.NOT_PERMITTED: (
        lambda: tr("1 was not permitted by your role."),
        lambda count: tr("%1 were not permitted by your role.", count),
    ),
}


@dataclass(frozen=True, slots=True)
class BulkWords:
    """How an action says what it did: to one thing, and to a number of them."""

    one: Callable[[], str]
    many: Callable[[str], str]


def check_changed(answer: BulkAnswer) -> str:
    """Return what was not changed and why.

    :raises ConflictError: nothing was changed; it says why.
    """
    refused = refusal_sentences(answer)
    if not answer.changed:
        raise ConflictError(sentences(tr("Nothing was changed."), refused))
    return refused


def bulk_words(words: BulkWords, answer: BulkAnswer) -> str:
    """Return what was changed and what was not, such as `185 runs cancelled. 15 had already ended.`

    :raises ConflictError: nothing was changed; it says why.
    """
    refused = check_changed(answer)
    return sentences(words.one() if answer.changed == 1 else words.many(number(answer.changed)), refused)


CANCELLED = BulkWords(lambda: tr("1 run cancelled."), lambda count: tr("%1 runs cancelled.", count))
