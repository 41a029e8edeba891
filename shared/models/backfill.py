"""Backfills: runs of a task for the occurrences of a past period."""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from shared.enums import Priority
from shared.models.base import Flag, GivenTimestamp, Input, Output, Timestamp, refused

MOST_RUNS = 10_000


class BackfillRequest(Input):
    """The occurrences from `since` (inclusive) to `until` (exclusive), and how many run concurrently."""

    since: GivenTimestamp
    until: GivenTimestamp
    max_concurrency: int = Field(default=1, ge=1, le=10_000)
    only_missing: Flag = Field(default=False, description="Leave out occurrences that succeeded.")
    newest_first: Flag = False
    priority: Priority | None = None
    dry_run: Flag = Field(default=False, description="Create nothing, and return the occurrences.")

    @model_validator(mode="after")
    def _has_a_length(self) -> Self:
        if self.until <= self.since:
            raise refused("until", "must be after since")
        return self


class BackfillStatus(StrEnum):
    """The state of a backfill."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Backfill(Output):
    """A backfill with counts of its runs. For a dry run, `id` is None and `times` lists the occurrences."""

    id: int | None = None
    task_id: int
    task_name: str
    folder: str = ""
    since: Timestamp
    until: Timestamp
    max_concurrency: int
    total: int
    finished: int = 0
    succeeded: int = 0
    failed: int = 0
    status: BackfillStatus
    created_by: str = ""
    created_at: Timestamp | None = None
    cancelled_at: Timestamp | None = None
    times: list[Timestamp] = []
