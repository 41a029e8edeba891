"""Silences the alerts of many tasks by one request, and ends such silences together."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import bulk
from backend.bulk import Refusals
from backend.context import Actor, ServiceContext
from backend.database.clock import check_is_future
from backend.database.folder_conditions import FolderStatement
from backend.tasks.bulk_selection import lock_tasks, select_tasks
from shared.enums import BulkReason, Permission
from shared.models.bulk import AddSilences, BulkResult, BulkSilences, EndSilences

ADD = text(
    """
    insert into alert_silences (task_id, folder, starts_at, ends_at, until_recovery, reason, created_by)
    select t.id, '', now(), :ends_at, :until_recovery, :reason, :created_by
    from unnest(cast(:task_ids as bigint[])) as t (id)
    returning id
    """
)
# By the primary key. A silence that may not be ended is like one that does not exist.
END = FolderStatement(
    """
    update alert_silences s set ends_at = now()
    where s.id = any(cast(:ids as bigint[])) and s.ends_at > now()
        and case when s.task_id is null then granted(s.folder) else granted_task(s.task_id) end
    returning s.id
    """,
    needed=Permission.EDIT,
)


async def change_silences(context: ServiceContext, request: BulkSilences, *, actor: Actor) -> BulkResult:
    """Add a silence for each of many tasks, or end many; `ids` of the answer are those of the silences.

    Raises `ValidationFailedError` if they would have ended already, and as `backend.bulk.check_selected`.
    """
    database = context.database
    async with database.trial() if request.dry_run else database.transaction() as connection:
        refusals = Refusals()
        if isinstance(request, EndSilences):
            ids = await _end(connection, request, actor, refusals)
        else:
            ids = await _add(connection, request, actor, refusals)
        if not request.dry_run:
            await bulk.record(
                connection,
                actor=actor,
                kind="alert_silence",
                verb=request.action,
                changed=[(one, None) for one in ids],
                refusals=refusals,
                detail={},
            )
    return BulkResult(
        dry_run=request.dry_run,
        selected=len(ids) + refusals.total,
        changed=len(ids),
        refused=refusals.answer(),
        ids=ids,
    )


async def _add(connection: AsyncConnection, request: AddSilences, actor: Actor, refusals: Refusals) -> list[int]:
    await check_is_future(connection, ends_at=request.ends_at)
    selected = await select_tasks(connection, request, actor.access, refusals)
    tasks = await lock_tasks(connection, selected, actor.access, refusals)
    values = {
        "task_ids": [task.id for task in tasks],
        "ends_at": request.ends_at,
        "until_recovery": request.until_recovery,
        "reason": request.reason,
        "created_by": actor.name,
    }
    return sorted((await connection.execute(ADD, values)).scalars())


async def _end(connection: AsyncConnection, request: EndSilences, actor: Actor, refusals: Refusals) -> list[int]:
    wanted = sorted(set(request.ids))
    ended = sorted((await connection.execute(END.within(actor.access), {"ids": wanted})).scalars())
    for silence_id in set(wanted).difference(ended):
        refusals.add(BulkReason.GONE, silence_id)
    return ended
