"""Applies definitions in one transaction: calendars and groups first, then channels, rules and tasks, pruning last."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.alerts.channels import StoredChannel, lock_channels, with_stored_secrets, write_channel
from backend.alerts.rules import lock_rules, write_rule
from backend.bulk import Selected
from backend.context import Actor, ServiceContext
from backend.definitions.plan import (
    PlannedDefinition,
    fingerprint,
    in_section,
    planned_definition,
    planned_task,
    pruned_task,
)
from backend.definitions.sections import read_sections
from backend.events.wakes import WakeReason
from backend.runs.concurrency_groups import lock_concurrency_groups, write_concurrency_group
from backend.runs.model import RunChange
from backend.runs.outbox import publish_many
from backend.scheduling.calendars import lock_calendars, write_calendar
from backend.tasks.apply import apply_within, publish_applied, read_changed
from backend.tasks.apply_plan import PlannedTask, name_of
from backend.tasks.model import read_names
from backend.tasks.prune import find_prunable, prune_tasks
from shared.enums import EventType
from shared.errors import PreconditionFailedError, ValidationFailedError
from shared.models.alert import ChannelFields, RuleFields
from shared.models.concurrency_group import ConcurrencyGroupFields
from shared.models.definitions import (
    DefinitionsRequest,
    DefinitionsResult,
    NamedCalendar,
    NamedChannel,
    NamedConcurrencyGroup,
    NamedRule,
    Section,
)
from shared.models.schedule import CalendarFields


async def apply_definitions(context: ServiceContext, request: DefinitionsRequest, *, actor: Actor) -> DefinitionsResult:
    """Create and change what a request defines, and prune what it does not name; all or nothing.

    A dry run does the same in a transaction that is rolled back. Raises what the verbs of each aggregate raise, with
    fields such as `rules.3.channels`, and `PreconditionFailedError` if the request would not do what its plan says.
    """
    wanted = await read_sections(request)
    runs: list[RunChange] = []
    database = context.database
    async with database.trial() if request.dry_run else database.transaction() as connection:
        others = [
            *await _calendars(connection, context, wanted.calendars, actor),
            *await _concurrency_groups(connection, wanted.concurrency_groups, actor),
            *await _channels(connection, context, wanted.channels, actor),
            *await _rules(connection, wanted.rules, actor),
        ]
        pruned = await _prunable(connection, request, actor)
        tasks = await apply_within(
            connection,
            context,
            request.tasks,
            actor=actor,
            is_exact=request.exact,
            also_locked=[task.id for task in pruned],
        )
        names = await _upstream_names(connection, tasks, actor)
        planned = [
            *others,
            *(planned_task(task, names) for task in tasks),
            *(pruned_task(task.name, task.id) for task in pruned),
        ]
        if pruned:
            runs = await prune_tasks(connection, pruned, actor=actor)
        plan = fingerprint(planned)
        if request.plan is not None and request.plan != plan:
            raise PreconditionFailedError(
                "The definitions have changed since the plan was made. Nothing was changed; make the plan again."
            )
        stored = [] if request.dry_run else await read_changed(connection, tasks)
    if not request.dry_run:
        _wake(context, others)
        publish_applied(context, tasks, stored)
        await _publish_pruned(context, pruned, runs)
    return DefinitionsResult(definitions=[one.applied for one in planned], plan=plan, dry_run=request.dry_run)


async def _calendars(
    connection: AsyncConnection, context: ServiceContext, given: Sequence[NamedCalendar], actor: Actor
) -> list[PlannedDefinition]:
    stored = await lock_calendars(connection, [one.name for one in given]) if given else {}
    planned = []
    for one in given:
        done = planned_definition(
            Section.CALENDARS, one.name, wanted=one, stored=stored.get(one.name), fields=CalendarFields.model_fields
        )
        if done.is_written:
            await write_calendar(connection, context, one.name, one, actor=actor)
        planned.append(done)
    return planned


async def _concurrency_groups(
    connection: AsyncConnection, given: Sequence[NamedConcurrencyGroup], actor: Actor
) -> list[PlannedDefinition]:
    stored = await lock_concurrency_groups(connection, [one.name for one in given]) if given else {}
    planned = []
    for one in given:
        done = planned_definition(
            Section.CONCURRENCY_GROUPS,
            one.name,
            wanted=one,
            stored=stored.get(one.name),
            fields=ConcurrencyGroupFields.model_fields,
        )
        if done.is_written:
            await write_concurrency_group(connection, one.name, one, actor=actor)
        planned.append(done)
    return planned


async def _channels(
    connection: AsyncConnection, context: ServiceContext, given: Sequence[NamedChannel], actor: Actor
) -> list[PlannedDefinition]:
    stored = await lock_channels(connection, context, [one.name for one in given]) if given else {}
    planned = []
    for position, one in enumerate(given):
        before = stored.get(one.name)
        try:
            wanted = with_stored_secrets(one, before.config if before is not None else None)
        except ValidationFailedError as refusal:
            raise in_section(Section.CHANNELS, position, refusal) from refusal
        done = planned_definition(
            Section.CHANNELS,
            one.name,
            wanted=wanted,
            stored=_fields_of(before) if before is not None else None,
            fields=ChannelFields.model_fields,
        )
        if done.is_written:
            await write_channel(connection, context, one.name, wanted, actor=actor)
        planned.append(done)
    return planned


def _fields_of(stored: StoredChannel) -> ChannelFields:
    config = stored.config
    return ChannelFields.model_construct(
        kind=config.kind,
        url=config.url,
        format=config.format,
        template=config.template,
        headers=dict(config.headers),
        recipients=list(config.recipients),
        enabled=stored.enabled,
    )


async def _rules(connection: AsyncConnection, given: Sequence[NamedRule], actor: Actor) -> list[PlannedDefinition]:
    stored = await lock_rules(connection, [one.name for one in given]) if given else {}
    planned = []
    for position, one in enumerate(given):
        done = planned_definition(
            Section.RULES, one.name, wanted=one, stored=stored.get(one.name), fields=RuleFields.model_fields
        )
        if done.is_written:
            try:
                await write_rule(connection, one.name, one, actor=actor)
            except ValidationFailedError as refusal:
                raise in_section(Section.RULES, position, refusal) from refusal
        planned.append(done)
    return planned


async def _prunable(connection: AsyncConnection, request: DefinitionsRequest, actor: Actor) -> list[Selected]:
    if request.prune is None:
        return []
    names = {name for task in request.tasks if (name := name_of(task)) is not None}
    return await find_prunable(connection, request.prune, names, actor.access)


async def _upstream_names(connection: AsyncConnection, tasks: Sequence[PlannedTask], actor: Actor) -> dict[int, str]:
    upstreams = {
        edge.task_id
        for task in tasks
        if "depends_on" in task.changed and task.former is not None
        for edge in (*task.former.depends_on, *task.fields.depends_on)
    }
    return await read_names(connection, upstreams, actor.access) if upstreams else {}


def _wake(context: ServiceContext, planned: Sequence[PlannedDefinition]) -> None:
    written = {one.applied.section for one in planned if one.is_written}
    if Section.CALENDARS in written:
        context.signals.wake(WakeReason.SCHEDULES_CHANGED)
    if Section.CONCURRENCY_GROUPS in written:
        context.signals.wake(WakeReason.ALL_TASKS_CHANGED)


async def _publish_pruned(context: ServiceContext, pruned: Sequence[Selected], runs: Sequence[RunChange]) -> None:
    await publish_many(context, runs)
    if pruned:
        gone = [{"id": task.id, "name": task.name, "folder": task.folder} for task in pruned]
        context.events.publish(EventType.TASK_DELETED, gone)
