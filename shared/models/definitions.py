"""Everything that a file can hold: calendars, concurrency groups, channels, alert rules and tasks, applied together."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from pydantic import ConfigDict, Field, GetJsonSchemaHandler, TypeAdapter
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from shared.models.alert import ChannelFields, RuleFields
from shared.models.base import Flag, Input, ObjectName, Output, one_of
from shared.models.concurrency_group import ConcurrencyGroupFields
from shared.models.schedule import CalendarFields
from shared.models.task import ShortText
from shared.models.task_apply import MOST_TASKS, WantedTask
from shared.models.task_filter import LabelFilter
from shared.models.task_version import FieldChange

MOST_OTHERS = 1000


class NamedCalendar(CalendarFields):
    """A calendar with its name."""

    name: ObjectName


class NamedConcurrencyGroup(ConcurrencyGroupFields):
    """A concurrency group with its name."""

    name: ObjectName


class NamedChannel(ChannelFields):
    """A channel with its name; a webhook's `url` of `***` keeps the stored address."""

    name: ObjectName


class NamedRule(RuleFields):
    """An alert rule with its name."""

    name: ObjectName


class Section(StrEnum):
    """A kind of definitions, as the list that a file has of them."""

    CALENDARS = "calendars"
    CONCURRENCY_GROUPS = "concurrency_groups"
    CHANNELS = "channels"
    RULES = "rules"
    TASKS = "tasks"


class PruneFilter(Input):
    """The tasks in or below a folder, with a label, or both."""

    model_config = ConfigDict(json_schema_extra=one_of(("folder",), ("label",)))

    folder: Annotated[ShortText, Field(min_length=1)] | None = None
    label: LabelFilter | None = None


@dataclass(frozen=True, slots=True)
class _DescribedAs:
    """Gives a JSON object the schema of a model, by which the use case validates it.

    A thousand calendars of 5,000 days would hold the event loop for seconds while a request is read.
    """

    model: type[Input]

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(TypeAdapter(self.model).core_schema)


class DefinitionsRequest(Input):
    """Definitions that are created or changed, all or none.

    Calendars, concurrency groups, channels and rules are given whole.
    """

    calendars: list[Annotated[dict[str, Any], _DescribedAs(NamedCalendar)]] = Field(default=[], max_length=MOST_OTHERS)
    concurrency_groups: list[Annotated[dict[str, Any], _DescribedAs(NamedConcurrencyGroup)]] = Field(
        default=[], max_length=MOST_OTHERS
    )
    channels: list[Annotated[dict[str, Any], _DescribedAs(NamedChannel)]] = Field(default=[], max_length=MOST_OTHERS)
    rules: list[Annotated[dict[str, Any], _DescribedAs(NamedRule)]] = Field(default=[], max_length=MOST_OTHERS)
    tasks: list[WantedTask] = Field(default=[], max_length=MOST_TASKS)
    prune: PruneFilter | None = Field(
        default=None, description="Delete those of these tasks that the request does not name."
    )
    exact: Flag = Field(
        default=False, description="Fields of a task that are left out get their defaults, and do not stay as they are."
    )
    dry_run: Flag = Field(default=False, description="Check and answer the same, and change nothing.")
    plan: str | None = Field(
        default=None,
        max_length=64,
        description="The plan of a dry run: 412 if the request would now do something else.",
    )


class DefinitionAction(StrEnum):
    """What happened to a definition."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    DELETED = "deleted"


class AppliedDefinition(Output):
    """One definition of the request, or a pruned task, and the fields of a stored one that changed."""

    section: Section
    name: str
    action: DefinitionAction
    changes: list[FieldChange] = []


class DefinitionsResult(Output):
    """The definitions in the order of the request, then the pruned tasks; `plan` stands for all of it."""

    definitions: list[AppliedDefinition]
    plan: str
    dry_run: bool
