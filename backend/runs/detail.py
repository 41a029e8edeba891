"""One run as people read it: with its output, attempts, inputs and use of resources."""

from sqlalchemy import text

from backend.context import ServiceContext
from backend.database.json_reader import UnreadableJson
from backend.runs import logs, telemetry
from backend.runs.inputs import run_inputs
from backend.runs.model import SUMMARY_COLUMNS, read_run, to_run
from backend.runs.permissions import check_run, permits_on_run
from backend.runs.refusals import run_not_found
from backend.runs.waiting_facts import explain
from backend.tracing.traceparent import trace_id_of
from backend.workers.online import OnlineWorkers
from shared.access import Access
from shared.enums import LogStream, Permission
from shared.errors import ConflictError
from shared.models.queue import RunsChanged
from shared.models.run import Attempt, LogChunk, ResourceSample, Run, RunInputs

GET = text(
    f"""
    select {SUMMARY_COLUMNS}, r.stdout_tail, r.stderr_tail, r.output, r.traceparent
    from runs r join tasks t on t.id = r.task_id where r.id = :id
    """  # noqa: S608
)

EXISTS = text("select id from runs where id = :id")

# The attempts that ended, and the last one where it has not moved to run_attempts. By the primary keys.
ATTEMPTS = text(
    """
    select attempt, worker_id, outcome, dispatched_at, started_at, completed_at, exit_code, error,
        execution_time_ms, superseded
    from run_attempts where run_id = :id
    union all
    select attempt, worker_id, status, dispatched_at, started_at, completed_at, exit_code, error,
        execution_time_ms, false
    from runs where id = :id and attempt > 0 and worker_id is not null
        and not exists (select from run_attempts a where a.run_id = runs.id and a.attempt = runs.attempt)
    order by attempt
    """
)

INPUTS = text(
    """
    select r.task_version, r.arguments, r.environment, v.definition
    from runs r left join task_versions v on v.task_id = r.task_id and v.version = r.task_version where r.id = :id
    """
)


async def get_run(context: ServiceContext, run_id: int, *, online: OnlineWorkers, access: Access) -> Run:
    """Return a run with the tails of its output; raises `NotFoundError`, also where a user may not read it."""
    async with context.database.transaction() as connection:
        row = (await connection.execute(GET, {"id": run_id})).one_or_none()
        run = read_run(row) if row is not None else None
        if row is None or run is None or not access.permits(run.folder, Permission.READ):
            raise run_not_found(run_id)
        reason = (await explain(connection, [run], online=online, access=access)).get(run_id)
    trace_id = trace_id_of(row.traceparent) if row.traceparent is not None else None
    shown_at = context.settings.trace_url
    tails = {
        "stdout_tail": row.stdout_tail,
        "stderr_tail": row.stderr_tail,
        "output": row.output,
        "trace_id": trace_id,
        "trace_url": shown_at.replace("{trace_id}", trace_id)
        if shown_at is not None and trace_id is not None
        else None,
    }
    if isinstance(row.output, UnreadableJson):
        note = f"the output is not shown: {row.output.reason}"
        tails |= {"output": None, "error": f"{run.error}; {note}" if run.error else note}
    return to_run(run, reason=reason).model_copy(update=tails)


async def get_changed_run(
    context: ServiceContext, run_id: int, changed: RunsChanged, *, online: OnlineWorkers, access: Access
) -> Run:
    """Return the one run that was to be changed; raises `NotFoundError`, or `ConflictError` where it was refused."""
    run = await get_run(context, run_id, online=online, access=access)
    if changed.refused:
        raise ConflictError(changed.refused[0].reason)
    return run


async def check_exists(context: ServiceContext, run_id: int, *, access: Access) -> None:
    """Raise `NotFoundError` where there is no such run that a user may read."""
    async with context.database.statements() as connection:
        await check_run(connection, run_id, access)
        if access.reads_all and (await connection.execute(EXISTS, {"id": run_id})).first() is None:
            raise run_not_found(run_id)


async def list_attempts(context: ServiceContext, run_id: int, *, access: Access) -> list[Attempt]:
    """Return the attempts of a run, the oldest first; raises `NotFoundError`."""
    await check_exists(context, run_id, access=access)
    async with context.database.statements() as connection:
        rows = (await connection.execute(ATTEMPTS, {"id": run_id})).mappings()
        return [Attempt.model_validate(dict(row)) for row in rows]


async def get_inputs(context: ServiceContext, run_id: int, *, access: Access) -> RunInputs:
    """Return the inputs of a run; raises `NotFoundError`. The environment is masked for who may not edit the task."""
    async with context.database.statements() as connection:
        shows_values = await permits_on_run(connection, run_id, access, Permission.EDIT)
        row = (await connection.execute(INPUTS, {"id": run_id})).one_or_none()
    if row is None:
        raise run_not_found(run_id)
    return run_inputs(
        task_version=row.task_version,
        definition=row.definition if isinstance(row.definition, dict) else {},
        arguments=row.arguments if isinstance(row.arguments, list) else None,
        environment=row.environment if isinstance(row.environment, dict) else None,
        shows_values=shows_values,
    )


async def list_resources(context: ServiceContext, run_id: int, *, access: Access) -> list[ResourceSample]:
    """Return the CPU and memory of a run's processes, attempt by attempt; raises `NotFoundError`."""
    await check_exists(context, run_id, access=access)
    async with context.database.statements() as connection:
        return await telemetry.samples_of(connection, run_id)


async def read_log(
    context: ServiceContext, run_id: int, *, after: int, limit: int, stream: LogStream | None
) -> list[LogChunk]:
    """Return up to `limit` pieces of a run's output behind the one with id `after`."""
    async with context.database.statements() as connection:
        return await logs.read_chunks(connection, run_id, after=after, limit=limit, stream=stream)


async def has_whole_log(context: ServiceContext, run_id: int) -> bool | None:
    """Return whether all output of an ended run is stored; None: its worker did not report how much there is."""
    async with context.database.statements() as connection:
        return await logs.is_whole(connection, run_id)
