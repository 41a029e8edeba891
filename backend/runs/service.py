"""Making, stopping and repeating runs."""

from collections.abc import Sequence
from dataclasses import replace

from backend import audit
from backend.context import Actor, ServiceContext
from backend.pages import PagePosition, PageRequest
from backend.runs import listing as store
from backend.runs import logs, telemetry
from backend.runs.cancel import cancel_locked
from backend.runs.create import NewRun, insert_runs, insert_triggered
from backend.runs.inputs import run_inputs
from backend.runs.lifecycle import CancelDecision, decide_cancel
from backend.runs.model import to_run
from backend.runs.outbox import publish
from backend.runs.template import RunTemplate
from backend.runs.upstreams import copy_upstreams
from backend.tasks import model as task_store
from backend.tasks.versions import read_definitions
from backend.workers.online import OnlineWorkers
from shared.enums import LogStream, Priority, RunDistribution, RunStatus, RunTrigger
from shared.errors import ConflictError, FieldError, NotFoundError, ValidationFailedError
from shared.models.run import Attempt, LogChunk, ResourceSample, Run, RunInputs
from shared.models.trigger import BatchItem, RetryDefinition, TriggerRequest


def _new_run(
    template: RunTemplate,
    *,
    trigger: RunTrigger,
    request: TriggerRequest | BatchItem,
    ignores_limits: bool,
    waits: bool = False,
) -> NewRun:
    return template.run(
        trigger,
        ignores_limits=ignores_limits,
        status=RunStatus.BLOCKED if waits else None,
        priority=request.priority,
        arguments=request.arguments,
        environment=request.environment,
    )


class RunService:
    """The use cases around runs."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context
        self._workers = OnlineWorkers()

    async def get(self, run_id: int) -> Run:
        """Return a run with the tails of its output; raises `NotFoundError`."""
        async with self._context.database.transaction() as connection:
            run = await store.get_run(connection, run_id, online=await self._workers.read(connection))
        if run is None:
            raise _no_run(run_id)
        return run

    async def find(self, wanted: store.RunFilter, page: PageRequest) -> tuple[list[Run], PagePosition]:
        """Return one page of runs, newest first."""
        async with self._context.database.transaction() as connection:
            return await store.list_runs(connection, wanted, page, online=await self._workers.read(connection))

    async def attempts(self, run_id: int) -> list[Attempt]:
        """Return a run's attempts, oldest first."""
        await self.get(run_id)
        async with self._context.database.transaction() as connection:
            return await store.attempts(connection, run_id)

    async def inputs(self, run_id: int, *, shows_values: bool) -> RunInputs:
        """Return what a run was given; raises `NotFoundError`. `shows_values` False masks the environment."""
        async with self._context.database.transaction() as connection:
            row = await store.inputs(connection, run_id)
        if row is None:
            raise _no_run(run_id)
        return run_inputs(row, shows_values=shows_values)

    async def resources(self, run_id: int) -> list[ResourceSample]:
        """Return what the processes of a run took, attempt by attempt."""
        await self.get(run_id)
        async with self._context.database.transaction() as connection:
            return await telemetry.samples_of(connection, run_id)

    async def logs(self, run_id: int, *, after: int, limit: int, stream: LogStream | None) -> list[LogChunk]:
        """Return pieces of a run's output."""
        async with self._context.database.transaction() as connection:
            return await logs.read_chunks(connection, run_id, after=after, limit=limit, stream=stream)

    async def has_whole_log(self, run_id: int) -> bool | None:
        """Return whether all that a final run wrote is stored; None where its worker did not say how much that is."""
        async with self._context.database.statements() as connection:
            return await logs.is_whole(connection, run_id)

    async def trigger(self, task_id: int, request: TriggerRequest, *, actor: Actor) -> Run:
        """Run a task now, paused or not."""
        async with self._context.database.statements() as connection:
            task = await task_store.task_to_run(connection, task_id)
            if task is None:
                raise NotFoundError(f"There is no task {task_id}; GET /api/tasks lists those there are.")
            new = _new_run(
                RunTemplate.from_row(task, task_id=task_id),
                trigger=RunTrigger.MANUAL,
                request=request,
                ignores_limits=request.ignore_limits,
                waits=task["has_edges"] and not request.ignore_dependencies,
            )
            created = await insert_triggered(
                connection, new, actor=actor.name, aging=self._context.settings.priority_aging
            )
        publish(self._context, [created])
        return to_run(created.run)

    async def batch(self, items: Sequence[BatchItem], *, actor: Actor) -> list[int]:
        """Make many runs, all or none, in one statement; return their ids in the order given."""
        async with self._context.database.transaction() as connection:
            tasks = await task_store.get_tasks(connection, {item.task_id for item in items})
            errors = [
                FieldError(f"runs.{index}.task_id", f"there is no task {item.task_id}")
                for index, item in enumerate(items)
                if item.task_id not in tasks
            ]
            if errors:
                raise ValidationFailedError(
                    f"{errors[0].field}: {errors[0].message}; no run was made", errors=errors[:100]
                )
            templates = {task_id: RunTemplate.from_task(task) for task_id, task in tasks.items()}
            new = [
                _new_run(templates[item.task_id], trigger=RunTrigger.API, request=item, ignores_limits=False)
                for item in items
            ]
            created = await insert_runs(connection, new, aging=self._context.settings.priority_aging)
            await audit.record(
                connection,
                actor=actor.name,
                action="runs.batch",
                object_type="run",
                object_id=created[0].run.id,
                detail={"count": len(created)},
            )
        publish(self._context, created)
        return [change.run.id for change in created]

    async def cancel(self, run_id: int, *, actor: Actor) -> Run:
        """End a waiting run at once, or ask the worker that holds it; raises `ConflictError` where it ended."""
        async with self._context.database.transaction() as connection:
            status = await store.lock_status(connection, run_id)
            if status is None:
                raise _no_run(run_id)
            if decide_cancel(status) is CancelDecision.TOO_LATE:
                raise ConflictError(f"Run {run_id} has ended already: it is {status}.")
            cancelled = await cancel_locked(connection, [run_id], actor=actor)
            await audit.record(connection, actor=actor.name, action="run.cancel", object_type="run", object_id=run_id)
        publish(self._context, cancelled)
        return next(to_run(change.run) for change in cancelled if change.run.id == run_id)

    async def retry(self, run_id: int, *, definition: RetryDefinition, actor: Actor) -> Run:
        """Repeat a final run as a new one, with the arguments it had and the task as it is now or was then.

        A run of a group is repeated alone, as the same shard.
        """
        async with self._context.database.transaction() as connection:
            source = await store.retry_source(connection, run_id)
            if source is None:
                raise _no_run(run_id)
            if not RunStatus(source["status"]).is_final:
                raise ConflictError(f"Run {run_id} has not ended: it is {source['status']}. Cancel it first.")
            task = await task_store.find_task(connection, source["task_id"])
            if task is None:
                raise ConflictError(f"The task of run {run_id} was deleted; there is nothing to run.")
            template = RunTemplate.from_task(task)
            if definition is RetryDefinition.ORIGINAL:
                version = (source["task_id"], source["task_version"])
                template = RunTemplate.from_definition(
                    (await read_definitions(connection, [version]))[version], *version
                )
            if source["shard_index"] is not None:
                template = replace(template, distribution=RunDistribution.SINGLE)
            new = template.run(
                RunTrigger.RETRY,
                shard_index=source["shard_index"],
                shard_total=source["shard_total"],
                priority=Priority.from_level(source["priority"]),
                scheduled_for=source["scheduled_for"],
                parent_run_id=run_id,
                arguments=source["arguments"],
                environment=source["environment"],
            )
            (created,) = await insert_runs(connection, [new], aging=self._context.settings.priority_aging)
            await copy_upstreams(connection, from_run=source["fan_out_run_id"] or run_id, to_run=created.run.id)
            await audit.record(
                connection,
                actor=actor.name,
                action="run.retry",
                object_type="run",
                object_id=run_id,
                object_name=task.name,
                detail={"run_id": created.run.id, "definition": definition},
            )
        publish(self._context, [created])
        return to_run(created.run)


def _no_run(run_id: int) -> NotFoundError:
    return NotFoundError(f"There is no run {run_id}; GET /api/runs lists those there are.")
