"""The outbox of run outcomes that alerts examine, written in the transaction that ends a run."""

EXAMINE = """
    , examined as (
        insert into outcomes_to_examine (run_id, task_id)
        select o.id, o.task_id from {outcomes} o
        where o.fan_out_run_id is null and (o.status in ('failed', 'timed_out')
            or (o.status = 'succeeded' and exists (select from failing_tasks f where f.task_id = o.task_id)))
        on conflict (run_id) do nothing
    )
"""
"""Follows the part of a statement that returns the runs which ended: stores failures, and successes after failures."""
