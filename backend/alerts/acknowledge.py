"""Acknowledges open alerts: somebody takes care of them, so nobody is reminded of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import bulk
from backend.bulk import Refusals
from backend.context import Actor, ServiceContext
from backend.database.folder_conditions import FolderStatement
from shared.access import Access
from shared.enums import BulkReason, EventType, Permission
from shared.models.alert import Alert
from shared.models.bulk import BulkResult, ChangeAlerts

# By the primary keys; a few rows of open_alerts for each rule.
FIND = FolderStatement(
    """
    select a.id, a.title, a.folder, a.acknowledged_at is not null as is_acknowledged, o.rule is not null as is_open
    from alerts a left join open_alerts o on o.rule = a.rule and o.condition = a.condition
        and o.grouping_key = a.grouping_key and o.opened_at <= a.at
    where a.id = any(cast(:ids as bigint[])) and granted(a.folder)
    order by a.id
    """
)
CHANGE = text(
    """
    with changed as (
        update alerts set acknowledged_at = case when :acknowledged then now() end,
            acknowledged_by = case when :acknowledged then cast(:name as varchar) end
        where id = any(cast(:ids as bigint[])) returning *
    ), opened as (
        update open_alerts o set is_acknowledged = :acknowledged from changed c
        where o.rule = c.rule and o.condition = c.condition and o.grouping_key = c.grouping_key and o.opened_at <= c.at
    )
    select * from changed order by id
    """
)


@dataclass(frozen=True, slots=True)
class _Found:
    id: int
    title: str
    folder: str | None
    is_acknowledged: bool
    is_open: bool


async def change_alerts(context: ServiceContext, request: ChangeAlerts, *, actor: Actor) -> BulkResult:
    """Acknowledge alerts by the ids of their messages, or take that back; each user sees who did.

    No reminder of an acknowledged alert is sent, until a further task belongs to it. Its recovery is reported.
    """
    is_acknowledged = request.action == "acknowledge"
    database = context.database
    changed: list[Alert] = []
    async with database.trial() if request.dry_run else database.transaction() as connection:
        refusals = Refusals()
        wanted = await _changeable(connection, request.ids, actor.access, refusals, is_acknowledged=is_acknowledged)
        if wanted:
            values = {"ids": [one.id for one in wanted], "name": actor.name, "acknowledged": is_acknowledged}
            rows = (await connection.execute(CHANGE, values)).mappings()
            changed = [Alert.model_validate(dict(row)) for row in rows]
        if not request.dry_run:
            await bulk.record(
                connection,
                actor=actor,
                kind="alert",
                verb=request.action,
                changed=[(one.id, one.title) for one in changed],
                refusals=refusals,
                detail={},
            )
    if not request.dry_run:
        context.events.publish(EventType.ALERT_ACKNOWLEDGED, changed)
    return BulkResult(
        dry_run=request.dry_run,
        selected=len(changed) + refusals.total,
        changed=len(changed),
        refused=refusals.answer(),
        ids=[one.id for one in changed],
    )


async def _changeable(
    connection: AsyncConnection, ids: Sequence[int], access: Access, refusals: Refusals, *, is_acknowledged: bool
) -> list[_Found]:
    wanted = sorted(set(ids))
    rows = await connection.execute(FIND.within(access), {"ids": wanted})
    found = [_Found(row.id, row.title, row.folder, row.is_acknowledged, row.is_open) for row in rows]
    for alert_id in set(wanted).difference(one.id for one in found):
        refusals.add(BulkReason.GONE, alert_id)
    changeable = []
    for one in found:
        reason = _refusal(one, access, is_acknowledged=is_acknowledged)
        if reason is None:
            changeable.append(one)
        else:
            refusals.add(reason, one.id, one.title)
    return changeable


def _refusal(alert: _Found, access: Access, *, is_acknowledged: bool) -> BulkReason | None:
    if not access.permits(alert.folder or "", Permission.RUN):
        return BulkReason.NOT_PERMITTED
    if not alert.is_open:
        return BulkReason.ALREADY_ENDED
    return BulkReason.UNCHANGED if alert.is_acknowledged is is_acknowledged else None
