"""A loop of the dispatcher that fails is replaced; the others go on, and the lead stays."""

from collections.abc import Mapping

from sqlalchemy import text
from structlog.testing import capture_logs

from backend.dispatcher.assign_loop import AssignPass
from backend.dispatcher.schedule_loop import SchedulePass
from backend.events.wakes import WakeReason
from backend.faults.reporter import FaultsStored
from shared.enums import FaultKind
from shared.models.fault import Fault
from tests.backend.faults.listed import faults
from tests.system import System


async def execute(system: System, statement: str) -> None:
    async with system.backend.context.database.transaction() as connection:
        await connection.execute(text(statement))


def of_loop(found: Mapping[str, Fault]) -> list[Fault]:
    return [fault for name, fault in found.items() if name.startswith("service ScheduleLoop on ")]


async def test_a_loop_that_fails_takes_no_other_with_it_and_continues_when_its_cause_is_gone(system: System) -> None:
    context = system.backend.context
    await system.add_worker()
    task_id = await system.create("plain", command="true")
    with (
        capture_logs(),  # a test's own rendering of a traceback takes seconds
        context.passes.watch(AssignPass) as assigned,
        context.passes.watch(SchedulePass) as fired,
    ):
        await execute(system, "alter table calendars rename to calendars_gone")
        context.signals.wake(WakeReason.SCHEDULES_CHANGED)
        found = await system.until_passes(FaultsStored, lambda: faults(system), lambda found: bool(of_loop(found)))
        run = await system.client.trigger_task(task_id)
        await assigned.next(lambda one: one.assigned == 1)
        assert (await system.finished(run.id)).status == "succeeded"
        assert system.backend.dispatcher.elected.is_set()
        [fault] = of_loop(found)
        assert fault.kind is FaultKind.RESTARTED
        assert "calendars" in fault.cause
        await execute(system, "alter table calendars_gone rename to calendars")
        await fired.next()
        await system.create("each second", command="true", schedule="* * * * * *")
        await fired.next(lambda one: one.changed > 0)
