"""Running a task for past occurrences, at a chosen pace, as one group that can be cancelled."""

from datetime import datetime

from backend import audit
from backend.context import Actor, ServiceContext
from backend.runs import fan_out as run_groups
from backend.runs import listing as runs
from backend.runs.create import insert_runs
from backend.runs.limits import Hold
from backend.runs.outbox import publish
from backend.runs.template import RunTemplate
from backend.scheduling import backfill_rows as store
from backend.scheduling import due as timing
from backend.scheduling.backfill_plan import TooManyOccurrencesError, occurrences_of
from backend.scheduling.facts import schedule_facts
from backend.tasks import model as task_store
from shared.enums import RunTrigger
from shared.errors import ConflictError, NotFoundError, ValidationFailedError
from shared.models.backfill import MOST_RUNS, Backfill, BackfillRequest, BackfillStatus


class BackfillService:
    """The use cases around backfills."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context

    async def list_all(self, *, task_id: int | None) -> list[Backfill]:
        """Return the newest backfills, of one task or of all."""
        async with self._context.database.transaction() as connection:
            return await store.list_all(connection, task_id=task_id)

    async def get(self, backfill_id: int) -> Backfill:
        """Return a backfill; raises `NotFoundError`."""
        async with self._context.database.transaction() as connection:
            found = await store.get(connection, backfill_id)
        if found is None:
            raise NotFoundError(f"There is no backfill {backfill_id}; GET /api/backfills lists those there are.")
        return found

    async def start(self, task_id: int, asked: BackfillRequest, *, actor: Actor) -> Backfill:
        """Make a run for each occurrence of a past window; they go `max_concurrency` at a time."""
        async with self._context.database.transaction() as connection:
            task = await task_store.find_task(connection, task_id)
            if task is None:
                raise NotFoundError(f"There is no task {task_id}; GET /api/tasks lists those there are.")
            row = (await timing.timed_tasks(connection, [task_id]))[0]
            if asked.until > row["now"]:
                raise ValidationFailedError.of("until", "must not be in the future: the schedule sees to that")
            if task.schedule is None:
                raise ConflictError(f"{task.name} has no schedule, and so no occurrences to run.")
            facts = schedule_facts(row, misfire_grace=self._context.settings.misfire_grace)
            if facts.timing.follows_last_run:
                raise ConflictError(f"{task.name} follows its last run; it has no occurrences of its own.")
            done: frozenset[datetime] = frozenset()
            if asked.only_missing:
                done = await store.succeeded(connection, task_id, since=asked.since, until=asked.until)
            try:
                times = occurrences_of(
                    facts.timing,
                    since=asked.since,
                    until=asked.until,
                    without=done,
                    newest_first=asked.newest_first,
                    most=MOST_RUNS,
                )
            except TooManyOccurrencesError:
                raise ValidationFailedError.of(
                    "until", f"the window holds more than {MOST_RUNS:,} occurrences; use a shorter one"
                ) from None
            if asked.dry_run or not times:
                return Backfill(
                    task_id=task_id,
                    task_name=task.name,
                    since=asked.since,
                    until=asked.until,
                    max_concurrency=asked.max_concurrency,
                    total=len(times),
                    status=BackfillStatus.RUNNING if times else BackfillStatus.SUCCEEDED,
                    times=times,
                )
            backfill_id = await store.insert(connection, task_id, asked, total=len(times), created_by=actor.name)
            template = RunTemplate.from_task(task)
            new = [
                template.run(
                    RunTrigger.BACKFILL,
                    hold=Hold.BACKFILL,
                    scheduled_for=at,
                    backfill_id=backfill_id,
                    priority=asked.priority,
                )
                for at in times
            ]
            created = await insert_runs(connection, new, aging=self._context.settings.priority_aging)
            await audit.record(
                connection,
                actor=actor.name,
                action="task.backfill",
                object_type="task",
                object_id=task_id,
                object_name=task.name,
                detail={"backfill_id": backfill_id, "runs": len(times)},
            )
            made = await store.get(connection, backfill_id)
        assert made is not None
        publish(self._context, created)
        return made

    async def cancel(self, backfill_id: int, *, actor: Actor) -> Backfill:
        """End what waits, ask for the end of what runs; raises `ConflictError` where nothing is left."""
        found = await self.get(backfill_id)
        async with self._context.database.transaction() as connection:
            left = await store.unfinished(connection, backfill_id)
            if not left:
                raise ConflictError(f"Backfill {backfill_id} has ended already: it {found.status}.")
            await store.mark_cancelled(connection, backfill_id)
            reason = f"backfill cancelled by {actor.name}"
            changes = await runs.cancel_at_once(connection, left, reason=reason)
            asked = await runs.ask_to_cancel(connection, left, reason=reason)
            changes += asked
            for change in asked:
                if change.run.is_parent:
                    children = await run_groups.members_left(connection, change.run.id)
                    changes += await runs.cancel_at_once(connection, children, reason=reason)
                    changes += await runs.ask_to_cancel(connection, children, reason=reason)
            await audit.record(
                connection,
                actor=actor.name,
                action="backfill.cancel",
                object_type="backfill",
                object_id=backfill_id,
                object_name=found.task_name,
            )
        publish(self._context, changes)
        return await self.get(backfill_id)
