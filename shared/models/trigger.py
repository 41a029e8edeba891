"""Requests that create runs."""

from enum import StrEnum

from pydantic import Field

from shared.enums import Priority
from shared.models.base import Flag, Input, ObjectId, Output
from shared.models.task import Arguments, Environment


class TriggerRequest(Input):
    """Fields in which a manual run differs from its task."""

    priority: Priority | None = None
    arguments: Arguments | None = Field(default=None, max_length=1000)
    environment: Environment | None = Field(default=None, max_length=1000)
    ignore_dependencies: Flag = True
    ignore_limits: Flag = False


class RetryDefinition(StrEnum):
    """Which definition of the task a retried run uses."""

    CURRENT = "current"
    ORIGINAL = "original"


class RetryRequest(Input):
    """How a finished run is retried."""

    definition: RetryDefinition = RetryDefinition.CURRENT


class BatchItem(Input):
    """One run of a batch."""

    task_id: ObjectId
    priority: Priority | None = None
    arguments: Arguments | None = Field(default=None, max_length=1000)
    environment: Environment | None = Field(default=None, max_length=1000)


class BatchRequest(Input):
    """Up to 10,000 runs, which are created all or not at all."""

    runs: list[BatchItem] = Field(min_length=1, max_length=10_000)


class BatchResult(Output):
    """The ids of the created runs, in the order of the request."""

    run_ids: list[int]
