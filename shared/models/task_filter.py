"""Which tasks a list shows: the same fields in the query of a list and in the body of a change of many tasks."""

from typing import Annotated

from pydantic import AfterValidator, Field

from shared.enums import Priority, TaskStatus
from shared.models.base import Input, promised


def _key_and_value(label: str) -> str:
    name, separator, _ = label.partition(":")
    if not separator or not name:
        raise ValueError("must be key:value, such as team:billing")
    return label


LabelFilter = Annotated[
    str, AfterValidator(_key_and_value), promised(pattern="^[^:]+:"), Field(description="key:value")
]


class TaskFilterFields(Input):
    """Which tasks; a field that is left out does not filter. `folder` includes those below it."""

    folder: str | None = None
    status: TaskStatus | None = None
    executor: str | None = None
    task_type: str | None = None
    priority: Priority | None = None
    label: LabelFilter | None = None
    name: Annotated[str, Field(max_length=255, description="The exact name.")] | None = None
    q: Annotated[str, Field(max_length=255, description="Text in the name or description.")] | None = None
    has_schedule: bool | None = None
