"""Which events follow from reports of workers."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from backend.broker.in_process import InProcessBroker
from backend.broker.messages import AttemptEnd, AttemptResult, AttemptStarted, Ending, WorkerReport
from backend.context import ServiceContext
from backend.events.publisher import EventPublisher, decode_events
from backend.runs.report_intake import ReportIntake
from backend.supervisor import Supervisor
from shared.enums import EventType, RunStatus
from tests.backend.runs.stored_runs import store_run, store_task, stored_runs


@pytest.mark.parametrize(
    ("is_together", "expected"),
    [(True, [EventType.RUN_FINISHED]), (False, [EventType.RUN_STARTED, EventType.RUN_FINISHED])],
)
async def test_a_start_has_an_event_unless_it_is_recorded_with_the_end(
    context: ServiceContext, is_together: bool, expected: list[EventType]
) -> None:
    broker = InProcessBroker()
    await broker.start(timeout=timedelta(seconds=5))
    context = replace(context, events=EventPublisher(broker))
    run_id = await store_run(context, await store_task(context), RunStatus.DISPATCHED)
    started = WorkerReport(worker_id="w", incarnation="i", started=[AttemptStarted(run_id=run_id, attempt=1, ago_ms=2)])
    result = AttemptResult(ending=Ending.SUCCEEDED, execution_time_ms=1)
    finished = WorkerReport(
        worker_id="w", incarnation="i", finished=[AttemptEnd(run_id=run_id, attempt=1, result=result)]
    )
    intake = ReportIntake(context)
    supervisor = Supervisor()
    async with broker.subscribe_events("#") as subscription:
        supervisor.start(context.events, name="events")
        for batch in [[started, finished]] if is_together else [[started], [finished]]:
            await intake.handle(batch)
        heard: list[tuple[EventType, str]] = []
        while len(heard) < len(expected):
            for delivery in await subscription.take(10):
                heard += decode_events(delivery.body)[0]
        await supervisor.stop()
    await broker.close()
    assert [kind for kind, _ in heard] == expected
    assert json.loads(heard[-1][1])["started_at"] is not None


async def test_an_output_that_no_answer_could_contain_is_not_kept(context: ServiceContext) -> None:
    task_id = await store_task(context)
    run_id = await store_run(context, task_id, RunStatus.DISPATCHED)
    result = AttemptResult(ending=Ending.SUCCEEDED, output="[" * 300 + "]" * 300)
    end = AttemptEnd(run_id=run_id, attempt=1, result=result)
    await ReportIntake(context).handle([WorkerReport(worker_id="w", incarnation="i", finished=[end])])
    run = (await stored_runs(context))[run_id]
    assert (run["status"], run["output"]) == ("succeeded", None)
    assert "nested deeper than 100 levels" in run["error"]
