"""One change of many tasks or many runs: what is asked, and the counted answer."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from shared.enums import BulkReason, Priority
from shared.models.base import Flag, GivenTimestamp, Input, ObjectId, Output, exactly_one, refused
from shared.models.queue import QueueFilterFields
from shared.models.run_filter import RunFilterFields
from shared.models.task import Folder, Labels, Text
from shared.models.task_filter import TaskFilterFields
from shared.models.trigger import RetryRequest, TriggerRequest

MOST_BULK = 50_000
"""Tasks or runs that one request changes: its events and locks fit into the memory and the time of one request."""
MOST_EXAMPLES = 5

BulkIds = Annotated[list[ObjectId], Field(min_length=1, max_length=MOST_BULK)]


class BulkExample(Output):
    """One of the tasks or runs that were not changed; the name is the task's, and empty where it may not be read."""

    id: int
    name: str = ""


class BulkRefusal(Output):
    """How many were not changed for one reason, and the first of them."""

    reason: BulkReason
    count: int
    examples: list[BulkExample]


class BulkResult(Output):
    """What was changed; of a dry run, what would be.

    `selected` counts what the request names or its filter selects. `ids` are those that were changed, in their order,
    and `versions` the new versions of these tasks, by which the change can be undone. `run_ids` are the runs that were
    created.
    """

    dry_run: bool
    selected: int
    changed: int
    refused: list[BulkRefusal] = []
    ids: list[int] = []
    versions: list[int] = []
    run_ids: list[int] = []


class _Bulk(Input):
    """`at_most` refuses the whole request where more are selected, so that nobody changes more than was counted."""

    dry_run: Flag = Field(default=False, description="Answer the same, and change nothing.")
    at_most: int | None = Field(
        default=None, ge=1, le=MOST_BULK, description="Refuse the request where more than these are selected."
    )


class TaskSelection(_Bulk):
    """Tasks by their ids, or by the filter of the list of tasks, which the backend evaluates once."""

    model_config = ConfigDict(json_schema_extra=exactly_one("ids", "filter"))

    ids: BulkIds | None = None
    filter: TaskFilterFields | None = None

    @model_validator(mode="after")
    def _one_selection(self) -> Self:
        if (self.ids is None) == (self.filter is None):
            raise refused("ids", "or filter is required, and not both")
        return self


class PauseTasks(TaskSelection):
    """Pause the schedules of tasks."""

    action: Literal["pause"]


class ResumeTasks(TaskSelection):
    """Resume the schedules of tasks."""

    action: Literal["resume"]


class LabelTasks(TaskSelection):
    """Add labels to tasks and remove others by their names; what is added wins."""

    action: Literal["label"]
    add: Labels = Field(default={}, max_length=100)
    remove: list[Annotated[str, Field(min_length=1, max_length=63)]] = Field(default=[], max_length=100)

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.add and not self.remove:
            raise refused("add", "or remove is required: the labels to add, or the names of labels to remove")
        return self


class MoveTasks(TaskSelection):
    """Move tasks into a folder; "" is the top folder."""

    action: Literal["move"]
    folder: Folder


class DeleteTasks(TaskSelection):
    """Delete tasks with all their runs. A task stays where one that is not deleted with it depends on it."""

    action: Literal["delete"]


class TriggerTasks(TaskSelection, TriggerRequest):
    """Run tasks now, each once."""

    action: Literal["trigger"]


class AddSilences(TaskSelection):
    """Send no alerts for tasks until `ends_at`, or with `until_recovery` until each has no open alert, if sooner."""

    action: Literal["add"]
    ends_at: GivenTimestamp
    until_recovery: Flag = False
    reason: Text = Field(default="", max_length=1000)


class EndSilences(_Bulk):
    """End silences now, by their own ids."""

    action: Literal["end"]
    ids: BulkIds


class ChangeAlerts(_Bulk):
    """Say that somebody takes care of open alerts, by the ids of their messages, or take it back."""

    action: Literal["acknowledge", "take_back"]
    ids: BulkIds


BulkSilences = AddSilences | EndSilences
BulkSilencesRequest = Annotated[BulkSilences, Field(discriminator="action")]

UndoneAction = Literal["pause", "resume", "label", "move"]


class UndoTasks(_Bulk):
    """Take back a change of many tasks, by the `ids` and the `versions` of its answer.

    A task that has changed since stays as it is.
    """

    action: Literal["undo"]
    undoes: UndoneAction
    ids: BulkIds
    versions: Annotated[list[Annotated[int, Field(ge=1, le=2**31 - 1)]], Field(min_length=1, max_length=MOST_BULK)]

    @model_validator(mode="after")
    def _a_version_for_each(self) -> Self:
        if len(self.ids) != len(self.versions):
            raise refused("versions", f"has {len(self.versions)} values for {len(self.ids)} ids; give one for each")
        return self


BulkTasks = PauseTasks | ResumeTasks | LabelTasks | MoveTasks | DeleteTasks | TriggerTasks | UndoTasks
BulkTasksRequest = Annotated[BulkTasks, Field(discriminator="action")]


class RunSelection(_Bulk):
    """Runs by their ids, or by the filter of the list of runs or of the queue, which the backend evaluates once."""

    model_config = ConfigDict(json_schema_extra=exactly_one("ids", "filter", "queue"))

    ids: BulkIds | None = None
    filter: RunFilterFields | None = None
    queue: QueueFilterFields | None = None

    @model_validator(mode="after")
    def _one_selection(self) -> Self:
        if sum(one is not None for one in (self.ids, self.filter, self.queue)) != 1:
            raise refused("ids", "or filter or queue is required, and only one of them")
        return self


class CancelRuns(RunSelection):
    """Cancel waiting runs, and request the end of running ones."""

    action: Literal["cancel"]


class RetryRuns(RunSelection, RetryRequest):
    """Run finished runs once more, each as a new run."""

    action: Literal["retry"]


class PrioritiseRuns(RunSelection):
    """Give waiting runs a priority, or raise (1) or lower (-1) that of each by a step."""

    model_config = ConfigDict(json_schema_extra=exactly_one("ids", "filter", "queue"))

    action: Literal["priority"]
    priority: Priority | None = None
    steps: Literal[-1, 1] | None = None

    @model_validator(mode="after")
    def _one_change(self) -> Self:
        if (self.priority is None) == (self.steps is None):
            raise refused("priority", "or steps is required, and not both")
        return self


class StartRunsNow(RunSelection):
    """Let waiting runs go past every limit, before all others."""

    action: Literal["start_now"]


BulkRuns = CancelRuns | RetryRuns | PrioritiseRuns | StartRunsNow
BulkRunsRequest = Annotated[BulkRuns, Field(discriminator="action")]
