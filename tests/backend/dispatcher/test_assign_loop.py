"""Claimed runs reach a worker, or return to the queue as if nobody had claimed them."""

from sqlalchemy import text

from backend.dispatcher.assign_loop import AssignPass
from shared.enums import RunStatus
from tests.system import System

HOLD_VERSIONS = text("lock table task_versions in access exclusive mode")
# The release of a new run reads versions too, on the connection that claims.
UNTIL_RELEASED = text(
    """
    do $$ begin
        while exists (select from runs where hold is not null) loop
            perform pg_sleep(0.01);
        end loop;
    end $$
    """
)
UNTIL_CLAIMED = text(
    """
    do $$ begin
        while not exists (select from runs where status = 'dispatched') loop
            perform pg_sleep(0.01);
        end loop;
    end $$
    """
)
# Longer than half of the tests' expiry of an assignment, one second.
WAIT = text("select pg_sleep(0.7)")


async def test_a_run_that_was_claimed_too_long_ago_is_claimed_again_although_it_may_run_only_once(
    system: System,
) -> None:
    """It was not sent, so that it certainly did not run."""
    task = await system.create("once", executor="noop", on_worker_lost="fail")
    with system.backend.context.passes.watch(AssignPass) as passes:
        async with system.backend.context.database.transaction() as connection:
            run_id = (await system.client.trigger_task(task)).id
            await connection.execute(UNTIL_RELEASED)
            await connection.execute(HOLD_VERSIONS)
            await system.add_worker()
            await connection.execute(UNTIL_CLAIMED)
            await connection.execute(WAIT)
        while not (await passes.next()).returned:
            pass
    run = await system.finished(run_id)
    assert (run.status, run.attempt) == (RunStatus.SUCCEEDED, 2)
