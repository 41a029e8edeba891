"""What makes runs: one by hand, many at once."""

from enum import StrEnum

from pydantic import Field

from shared.enums import Priority
from shared.models.base import Input, ObjectId, Output
from shared.models.task import Arguments, Environment


class TriggerRequest(Input):
    """How one manual run differs from its task."""

    priority: Priority | None = None
    arguments: Arguments | None = Field(default=None, max_length=1000)
    environment: Environment | None = Field(default=None, max_length=1000)
    ignore_dependencies: bool = True
    ignore_limits: bool = False


class RetryDefinition(StrEnum):
    """Which version of the task a repeated run takes."""

    CURRENT = "current"
    ORIGINAL = "original"


class RetryRequest(Input):
    """How a final run is repeated."""

    definition: RetryDefinition = RetryDefinition.CURRENT


class BatchItem(Input):
    """One run of a batch."""

    task_id: ObjectId
    priority: Priority | None = None
    arguments: Arguments | None = Field(default=None, max_length=1000)
    environment: Environment | None = Field(default=None, max_length=1000)


class BatchRequest(Input):
    """Many runs at once, all or nothing."""

    runs: list[BatchItem] = Field(min_length=1, max_length=10_000)


class BatchResult(Output):
    """The runs made, in the order asked for."""

    run_ids: list[int]
