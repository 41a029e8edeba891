"""Claimed runs reach a worker, or return to the queue as if nobody had claimed them."""

from sqlalchemy import text

from backend.dispatcher.assign_loop import AssignPass
from shared.enums import RunStatus
from shared.errors import QueryTimedOutError
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


# A pass of the release that begins while the versions are locked keeps the connection from claiming.
GIVE_UP = text("set local statement_timeout = '3s'")


async def claimed_long_ago(system: System, place: int) -> int | None:
    """Return a run that was claimed and not sent for too long; None where the connection did not come to claim it."""
    kind = f"kind-{place}"
    task = await system.create(f"once-{place}", executor="noop", on_worker_lost="fail", task_type=kind)
    run_id = (await system.client.trigger_task(task)).id
    try:
        async with system.backend.context.database.transaction() as connection:
            await connection.execute(UNTIL_RELEASED)
            await connection.execute(GIVE_UP)
            await connection.execute(HOLD_VERSIONS)
            await system.add_worker(f"worker-{place}", task_types=(kind,))
            await connection.execute(UNTIL_CLAIMED)
            await connection.execute(WAIT)
    except QueryTimedOutError:
        await system.finished(run_id)
        return None
    return run_id


async def test_a_run_that_was_claimed_too_long_ago_is_claimed_again_although_it_may_run_only_once(
    system: System,
) -> None:
    """It was not sent, so that it certainly did not run."""
    with system.backend.context.passes.watch(AssignPass) as passes:
        found = (await claimed_long_ago(system, place) for place in range(5))
        run_id = await anext(one async for one in found if one is not None)
        while not (await passes.next()).returned:
            pass
    run = await system.finished(run_id)
    assert (run.status, run.attempt) == (RunStatus.SUCCEEDED, 2)
