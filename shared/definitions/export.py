"""What a backend has, as a file defines it: names instead of ids, without defaults and without secrets."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from shared.definitions.environment import reference_to, variable_of
from shared.models.alert import Channel, ChannelFields, ChannelKind, Rule, RuleFields
from shared.models.concurrency_group import ConcurrencyGroup, ConcurrencyGroupFields
from shared.models.schedule import Calendar, CalendarFields
from shared.models.task import ENVIRONMENT_MASK, TASK_FIELD_NAMES, Dependency, Task, TaskFields

_EDGE_DEFAULTS = {name: Dependency.model_fields[name].default for name in ("condition", "window")}


def exported_task(task: Task, names: Mapping[int, str]) -> dict[str, Any]:
    """Return a task; `names` has those of the upstream tasks that may be read.

    Without the values of its environment where they are masked: applied, it keeps those that are stored. Dependencies
    are in an order that does not depend on ids: another backend exports the same.
    """
    found = _without_defaults(task.model_dump(mode="json", include=set(TASK_FIELD_NAMES)), TaskFields, TASK_FIELD_NAMES)
    if task.task_type == task.executor:
        found.pop("task_type", None)
    if is_masked(task):
        del found["environment"]
    if task.blackouts:
        found["blackouts"] = [window.model_dump(mode="json", exclude_none=True) for window in task.blackouts]
    if task.depends_on:
        found["depends_on"] = sorted((_edge(edge, names) for edge in task.depends_on), key=str)
    return {"name": task.name, "executor": task.executor} | found


def is_masked(task: Task) -> bool:
    """Whether the values of the environment are hidden from the user."""
    return bool(task.environment) and set(task.environment.values()) == {ENVIRONMENT_MASK}


def _edge(edge: Dependency, names: Mapping[int, str]) -> dict[str, Any]:
    upstream = {"task": names[edge.task_id]} if edge.task_id in names else {"task_id": edge.task_id}
    given = {name: getattr(edge, name) for name in _EDGE_DEFAULTS}
    return upstream | {name: value.value for name, value in given.items() if value != _EDGE_DEFAULTS[name]}


def exported_calendar(calendar: Calendar) -> dict[str, Any]:
    return _named(calendar.name, calendar, CalendarFields)


def exported_concurrency_group(group: ConcurrencyGroup) -> dict[str, Any]:
    return _named(group.name, group, ConcurrencyGroupFields)


def exported_rule(rule: Rule) -> dict[str, Any]:
    return _named(rule.name, rule, RuleFields, also=("conditions", "channels"))


def exported_channel(channel: Channel) -> dict[str, Any]:
    """Return a channel with variables in place of its address, which lets anybody send, and of its headers' values."""
    found = _named(channel.name, channel, ChannelFields, also=("kind",))
    if channel.kind is ChannelKind.WEBHOOK:
        found["url"] = reference_to(variable_of(channel.name, "url"))
    if channel.headers:
        found["headers"] = {name: reference_to(variable_of(channel.name, name)) for name in channel.headers}
    return found


def _named(name: str, stored: BaseModel, fields: type[BaseModel], *, also: Iterable[str] = ()) -> dict[str, Any]:
    content = stored.model_dump(mode="json")
    kept = {field: content[field] for field in also}
    return {"name": name} | kept | _without_defaults(content, fields, fields.model_fields)


def _without_defaults(content: Mapping[str, Any], fields: type[BaseModel], names: Iterable[str]) -> dict[str, Any]:
    return {
        name: content[name]
        for name in names
        if name in content and content[name] != fields.model_fields[name].get_default(call_default_factory=True)
    }
