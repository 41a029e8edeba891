"""Recording how attempts ended: the one place where outcomes are written."""

import random
from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.runs import results as store
from backend.runs.lifecycle import Ending, Finish, RetryPolicy, RunFacts, Superseded, TryAgain, decide_end
from backend.runs.results import AttemptEnd
from shared.enums import OnWorkerLost, RetryBackoff

_NO_RETRIES = RetryPolicy(
    count=0,
    delay=timedelta(),
    most=timedelta(),
    backoff=RetryBackoff.FIXED,
    on_worker_lost=OnWorkerLost.RETRY,
)
"""For an attempt that succeeded: its task's policy is not asked, and not read."""


class RecordedEnds:
    """What came of a batch: the runs that have their outcome, and those that wait for another attempt."""

    def __init__(self, finished: Sequence[RowMapping], waiting: Sequence[RowMapping]) -> None:
        self.finished = finished
        self.waiting = waiting

    @property
    def task_ids(self) -> set[int]:
        """The tasks of which a run has let go of its place."""
        return {row["task_id"] for row in (*self.finished, *self.waiting)}


async def record_ends(
    connection: AsyncConnection,
    ends: Sequence[AttemptEnd],
    *,
    replica_id: str,
    facts: Mapping[int, RunFacts] | None = None,
) -> RecordedEnds:
    """Decide about a batch of ended attempts and carry it out, in the caller's transaction.

    `facts` are those of the runs, where the caller has locked them.
    """
    if facts is None:
        facts = await store.lock_facts(connection, (end.run_id for end in ends))
    policies = await store.policies(
        connection, [end.run_id for end in ends if end.ending is not Ending.SUCCEEDED and end.run_id in facts]
    )
    finished: list[tuple[AttemptEnd, Finish]] = []
    again: list[tuple[AttemptEnd, TryAgain]] = []
    superseded: list[AttemptEnd] = []
    decided: set[int] = set()
    for end in ends:
        run = facts.get(end.run_id)
        if run is None:
            continue
        if end.run_id in decided:
            superseded.append(end)
            continue
        decision = decide_end(
            run,
            attempt=end.attempt,
            ending=end.ending,
            policy=policies.get(end.run_id, _NO_RETRIES),
            chance=random.random(),  # noqa: S311 - it spreads retries, it keeps no secret
            began=end.execution_time_ms is not None,
            exit_code=end.exit_code,
            http_status=end.http_status,
        )
        if isinstance(decision, Superseded):
            superseded.append(end)
            continue
        decided.add(end.run_id)
        if isinstance(decision, Finish):
            finished.append((end, decision))
        else:
            again.append((end, decision))
    finished_rows = await store.finish(connection, finished) if finished else []
    waiting_rows = await store.try_again(connection, again) if again else []
    if superseded:
        await store.supersede(connection, _one_for_each_attempt(superseded))
    await store.count_finished(
        connection, replica_id=replica_id, statuses=[decision.status for _, decision in finished]
    )
    return RecordedEnds(finished_rows, waiting_rows)


def _one_for_each_attempt(ends: Sequence[AttemptEnd]) -> list[AttemptEnd]:
    return list({(end.run_id, end.attempt): end for end in ends}.values())
