"""Many tasks at once: those of a file, applied in one transaction."""

from enum import StrEnum
from typing import Any

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, TypeAdapter, create_model
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from shared.enums import DependencyCondition, DependencyWindow
from shared.models.base import Flag, Input, ObjectId, Output
from shared.models.task import ShortText, TaskFields, TaskPatch

MOST_TASKS = 10_000


class AppliedDependency(Input):
    """A dependency whose upstream task is named by `task`, also one of the same request, or by `task_id`."""

    task: ShortText | None = None
    task_id: ObjectId | None = None
    condition: DependencyCondition = DependencyCondition.SUCCESS
    window: DependencyWindow = DependencyWindow.LATEST


_OWN_FIELDS: dict[str, Any] = {
    "name": (TaskFields.model_fields["name"].annotation, TaskFields.model_fields["name"]),
    "depends_on": (list[AppliedDependency], Field(default=[], max_length=1000)),
}
_WantedTask: type[Input] = create_model(
    "WantedTask",
    __base__=TaskPatch,
    __doc__="The name of a task and those of its fields that are to have a value; the others stay as they are.",
    **_OWN_FIELDS,
)


class WantedTask(dict[str, Any]):
    """The JSON object of a task, which the use case validates together with the stored task.

    Ten thousand models would hold the event loop for a second while a request is read.
    """

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Accept any JSON object."""
        return core_schema.dict_schema(core_schema.str_schema(), core_schema.any_schema())

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe the fields of a task."""
        return handler(TypeAdapter(_WantedTask).core_schema)


class ApplyRequest(Input):
    """Up to 10,000 tasks, which are created or changed all or not at all."""

    tasks: list[WantedTask] = Field(min_length=1, max_length=MOST_TASKS)
    dry_run: Flag = Field(default=False, description="Check and answer the same, and change nothing.")


class ApplyAction(StrEnum):
    """What happened to a task of the request."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class AppliedTask(Output):
    """One task of the request; `task_id` is None for a task that a dry run would create."""

    name: str
    action: ApplyAction
    fields: list[str]
    task_id: int | None


class ApplyResult(Output):
    """The tasks in the order of the request."""

    tasks: list[AppliedTask]
    dry_run: bool
