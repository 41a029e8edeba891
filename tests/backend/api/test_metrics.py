"""What `/metrics` counts, whichever replica answers."""

import re
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from backend.app import Backend, open_backend, open_broker, open_database
from backend.broker.in_process import InProcessBroker
from backend.database.metric_counts import counting_ended
from backend.metric_figures import metric_figures
from backend.metric_kinds import DURATION_BUCKETS
from backend.queue.figures_sampler import FiguresSampled
from shared.enums import BackendRole
from tests.system import System, open_system


def samples(metrics: str) -> dict[str, float]:
    """Return the values by name and labels, as in `scheduler_tasks_total{status=failed}`."""
    found = {}
    for family in text_string_to_metric_families(metrics):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


async def scrape(system: System) -> dict[str, float]:
    """Return the metrics as they are after what was counted in memory is stored."""
    await system.backend.context.counts.store()
    answer = await system.http.get("/metrics")
    answer.raise_for_status()
    return samples(answer.text)


async def rescrape(system: System, wanted: Mapping[str, float]) -> dict[str, float]:
    """Return the metrics once these have the values that are wanted: an answer is shared for a second."""

    async def read() -> dict[str, float]:
        return await scrape(system)

    return await system.until_passes(object, read, lambda found: all(found.get(k) == v for k, v in wanted.items()))


async def test_each_outcome_and_duration_is_counted_once(system: System) -> None:
    await system.add_worker()
    for _ in range(3):
        await system.run(f"good {_}", command="true")
    await system.run("bad", command="exit 3", retry_count=1, retry_delay_seconds=0)
    await system.run("slow", command="sleep 0.15")
    found = await rescrape(system, {"scheduler_tasks_total{status=succeeded}": 4})
    assert found["scheduler_tasks_total{status=failed}"] == 1
    assert found["scheduler_tasks_total{status=cancelled}"] == 0
    assert found["scheduler_retries_total"] == 1
    buckets = [found[f"scheduler_task_duration_seconds_bucket{{le={bound:g}}}"] for bound in (*DURATION_BUCKETS,)]
    assert buckets == sorted(buckets)
    assert buckets[-1] == 5
    assert found["scheduler_task_duration_seconds_bucket{le=0.1}"] < 5
    assert found["scheduler_task_duration_seconds_count"] == 5
    assert 0.15 < found["scheduler_task_duration_seconds_sum"] < 60
    assert found["scheduler_runs_created_total{trigger=manual}"] == 5
    assert found["scheduler_dispatch_latency_seconds_count"] == 5
    assert found["scheduler_leader_changes_total"] == 1


async def test_a_bound_belongs_to_the_bucket_below_it(system: System) -> None:
    await system.add_worker()
    run = await system.run("one", command="true")
    statement = """
        with ended as (select 'succeeded' as status, null as distribution, ms as execution_time_ms
            from unnest(array[0, 100, 101, 500, 60000, 60001]::bigint[]) as u (ms)) %s select 1
    """
    async with system.backend.context.database.transaction() as connection:
        await connection.execute(text("delete from metric_counts"))
        await connection.execute(text(statement % counting_ended("ended")))
        rows = await connection.execute(text("select label, value from metric_counts where kind = 'run_duration'"))
        counted = {row.label: row.value for row in rows}
    assert run.status == "succeeded"
    assert counted == {"0.1": 2, "0.5": 2, "60": 1, "+Inf": 1, "sum": 120.702}


async def test_waiting_runs_are_sampled_by_priority_and_every_cancelled_one_is_counted(system: System) -> None:
    task_id = await system.create("waits", command="true", priority="high")
    runs = [(await system.client.trigger_task(task_id)).id for _ in range(3)]
    with system.backend.context.passes.watch(FiguresSampled) as sampled:
        await sampled.next(lambda one: one.figures.depth.waiting == 3, timeout_seconds=90)
    found = await rescrape(system, {"scheduler_queue_depth{priority=high}": 3})
    assert found["scheduler_queue_depth{priority=low}"] == 0
    assert found["scheduler_oldest_waiting_seconds"] > 0
    assert found["scheduler_queue_sample_age_seconds"] < 30
    assert found["taskdeck_runs_waiting{priority=high}"] == 3
    for run_id in runs:
        await system.client.cancel_run(run_id)
    await rescrape(system, {"scheduler_tasks_total{status=cancelled}": 3})


async def test_counters_are_the_same_from_another_replica_and_after_a_restart(
    database_url: str, tmp_path: Path
) -> None:
    async with open_system(database_url, None, tmp_path) as system:
        await system.add_worker()
        await system.run("good", command="true")
        before = await rescrape(system, {"scheduler_tasks_total{status=succeeded}": 1})
        async with AsyncExitStack() as stack:
            settings = system.settings
            database = await stack.enter_async_context(open_database(settings, database_url))
            broker = await stack.enter_async_context(open_broker(settings, InProcessBroker()))
            second = Backend(settings, database, broker, roles=frozenset({BackendRole.API}))
            await stack.enter_async_context(open_backend(second, host="127.0.0.1", port=0, is_local=True))
            async with httpx.AsyncClient() as http:
                other = samples((await http.get(f"{second.url}/metrics")).text)
    names = [name for name in before if re.match(r"scheduler_(tasks_total|task_duration|runs_created|retries)", name)]
    assert len(names) > 15
    assert {name: other[name] for name in names} == {name: before[name] for name in names}
    async with open_system(database_url, None, tmp_path) as again:
        found = await rescrape(again, {"scheduler_leader_changes_total": 2})
        assert found["scheduler_tasks_total{status=succeeded}"] == 1


async def test_names_of_users_create_no_series(system: System) -> None:
    for number in range(30):
        task_id = await system.create(f"of type {number}", command="true", task_type=f"type-{number}")
        await system.client.trigger_task(task_id)
    with system.backend.context.passes.watch(FiguresSampled) as sampled:
        await sampled.next(lambda one: one.figures.depth.waiting == 30, timeout_seconds=90)
    found = await rescrape(system, {"scheduler_queue_depth{priority=normal}": 30})
    types = {name: value for name, value in found.items() if name.startswith("taskdeck_runs_waiting_by_task_type")}
    assert len(types) == 21
    assert sum(types.values()) == 30
    assert not [name for name in found if name.startswith("scheduler_") and "type-" in name]


async def test_a_scrape_reads_neither_runs_nor_tasks_however_many_there_are(system: System) -> None:
    database = system.backend.context.database
    task_id = await system.create("many", command="true", status="paused")
    fill = text(
        """
        insert into runs (task_id, task_version, status, trigger, priority, dispatch_rank, placement, queued_at, hold)
        select :task, 1, 'pending', 'manual', 1, n, 'shell {}', now(), 'limit' from generate_series(1, 100000) n
        """
    )
    async with database.transaction() as connection:
        await connection.execute(fill, {"task": task_id})
    read = text(
        """
        select relname, coalesce(seq_scan, 0) + coalesce(idx_scan, 0) as scans,
            coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as rows
        from pg_stat_xact_user_tables
        """
    )
    async with database.transaction() as connection:
        # What the connection did within the last second counts, too, until it is reported.
        before = {row.relname: row for row in await connection.execute(read)}
        await metric_figures(connection)
        after = {row.relname: row for row in await connection.execute(read)}
    scanned = {name for name, row in after.items() if name not in before or row.scans > before[name].scans}
    assert {name for name in scanned if after[name].scans} == {"metric_counts", "metric_sample", "workers"}
    assert sum(after[name].rows - (before[name].rows if name in before else 0) for name in scanned) < 5000


@pytest.mark.parametrize("name", ["in_use", "idle", "max"])
async def test_the_pool_shows_its_connections(system: System, name: str) -> None:
    found = await scrape(system)
    assert found["scheduler_database_connections{state=max}"] == system.settings.database_pool_size
    assert 0 <= found[f"scheduler_database_connections{{state={name}}}"] <= system.settings.database_pool_size
    assert found["scheduler_database_pool_wait_seconds_count"] > 0
    assert found["scheduler_broker_publish_seconds_count"] >= 0
    assert found["scheduler_is_leader"] == 1
    assert found["scheduler_dead_letters"] == 0
