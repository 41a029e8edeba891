"""What one change of many things did: what was selected, what was not changed and why, and its audit entry."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.context import Actor
from shared.enums import BulkReason
from shared.errors import ConflictError, ValidationFailedError
from shared.models.bulk import MOST_BULK, MOST_EXAMPLES, BulkExample, BulkRefusal

SEVERAL = "bulk"
"""The id of the object of an audit entry that is about more than one."""

_MOST_RANGES = 64 * 1024
"""Characters of an entry for the ids of what was changed: a page of the audit log has up to 500 entries. It is enough
for any number of consecutive ids, and for some 8,000 of which none follows another."""


@dataclass(frozen=True, slots=True)
class Selected:
    """A task or a run that the request means, with its task's name and folder."""

    id: int
    name: str
    folder: str


@dataclass
class Refusals:
    """What is not changed, counted by reason, with the first of each."""

    _counts: dict[BulkReason, int] = field(default_factory=dict)
    _examples: dict[BulkReason, list[BulkExample]] = field(default_factory=dict)

    def add(self, reason: BulkReason, object_id: int, name: str = "") -> None:
        """Count one; `name` stays empty for what may not be read."""
        self._counts[reason] = self._counts.get(reason, 0) + 1
        examples = self._examples.setdefault(reason, [])
        if len(examples) < MOST_EXAMPLES:
            examples.append(BulkExample(id=object_id, name=name))

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(self._counts.values())

    def answer(self) -> list[BulkRefusal]:
        """Return them, the most frequent reason first."""
        ordered = sorted(self._counts.items(), key=lambda item: -item[1])
        return [BulkRefusal(reason=reason, count=count, examples=self._examples[reason]) for reason, count in ordered]

    def counts(self) -> dict[str, int]:
        """Return how many there are of each reason."""
        return {reason.value: count for reason, count in self._counts.items()}


def check_selected(count: int, *, at_most: int | None, what: str) -> None:
    """Raise where a request selects more than one can change, or more than it permits; nothing is changed then."""
    if count > MOST_BULK:
        raise ValidationFailedError.of("filter", f"selects more than {MOST_BULK:,} {what}; narrow it, and repeat it")
    if at_most is not None and count > at_most:
        raise ConflictError(
            f"{count:,} {what} are selected now, more than the {at_most:,} that the request permits. Nothing was "
            "changed; count again and repeat the request."
        )


def ranges(ids: Iterable[int]) -> str:
    """Return ids in ascending order and in short, such as `1-3, 7`; what is longer than an entry may be ends with …."""
    ordered = sorted(ids)
    gaps = [(before, after) for before, after in pairwise(ordered) if after != before + 1]
    begins = ordered[:1] + [after for _, after in gaps]
    ends = [before for before, _ in gaps] + ordered[-1:]
    words = ", ".join(str(begin) if begin == end else f"{begin}-{end}" for begin, end in zip(begins, ends, strict=True))
    return words if len(words) <= _MOST_RANGES else f"{words[:_MOST_RANGES].rpartition(', ')[0]}, …"


def selection_detail(ids: Sequence[int] | None, **filters: BaseModel | None) -> dict[str, Any]:
    """Return for the audit log how a request selects: by the number of ids, or by a filter as it was sent."""
    found: dict[str, Any] = {"named": len(ids)} if ids is not None else {}
    for name, one in filters.items():
        if one is not None:
            found[name] = one.model_dump(mode="json", exclude_defaults=True)
    return found


async def record(
    connection: AsyncConnection,
    *,
    actor: Actor,
    kind: str,
    verb: str,
    changed: Sequence[tuple[int, str | None]],
    refusals: Refusals,
    detail: Mapping[str, Any],
    names_each: bool = False,
) -> None:
    """Record one entry for a request that changed something, given as (id, name): counts, and which in short.

    `kind` is task, run, alert or alert_silence. A change of one is recorded as if it had been asked for alone.
    `names_each` adds an entry for each of several, for what has a name nowhere else afterwards.
    """
    if not changed:
        return
    if names_each and len(changed) > 1:
        await audit.record_many(
            connection, actor=actor, action=f"{kind}.{verb}", object_type=kind, objects=changed, detail={}
        )
    is_one = len(changed) == 1
    await audit.record(
        connection,
        actor=actor,
        action=f"{kind}.{verb}" if is_one else f"{kind}s.{verb}",
        object_type=kind,
        object_id=changed[0][0] if is_one else SEVERAL,
        object_name=changed[0][1] if is_one else None,
        detail={
            "count": len(changed),
            **detail,
            "refused": refusals.counts(),
            "ids": ranges(object_id for object_id, _ in changed),
        },
    )
