"""One task has all runs, and hundreds have none: a query about one of those reads no runs of the first."""

import re

import pytest
from sqlalchemy import TextClause, text

from backend.alerts import late_and_slow, outcomes
from backend.database import schema
from backend.database.connection import Database
from backend.database.folder_conditions import in_folders
from backend.runs import recent_outcomes, retention
from backend.runs.filter import where
from backend.runs.listing import SUMMARIES
from backend.runs.waiting_facts import UNMET_EDGES
from backend.scheduling import following
from backend.tasks import graph as task_graph
from backend.tasks import resolve
from backend.tasks.model import last_run_sql
from shared.access import FULL_ACCESS, GrantedFolder, access_of
from shared.enums import Permission, Role
from shared.models.run_filter import RunFilter

RUNS, TASKS = 20_000, 500
MAKE = (
    """
    insert into tasks (name, folder, executor, task_type, command, arguments, environment, schedule, timezone,
        jitter_seconds, misfire_policy, overlap_policy, priority, status, retry_count, retry_delay_seconds,
        retry_backoff, retry_max_delay_seconds, timeout_seconds, on_worker_lost, worker_labels, labels, version,
        schedule_since, created_at, updated_at, missed_at)
    select 'task ' || n, '', 'noop', 'noop', '', '[]', '{}', 'after 1h', 'UTC', 0, 'fire_once', 'queue', 1, 'active', 0,
        10, 'fixed', 3600, 3600, 'retry', '{}', '{}', 1, now(), now(), now(), now()
    from generate_series(1, {tasks}) n
    """,
    """
    insert into runs (task_id, task_version, status, trigger, priority, dispatch_rank, placement, queued_at,
        completed_at)
    select 1, 1, 'succeeded', 'api', 1, n, 'noop', now(), now() from generate_series(1, {runs}) n
    """,
    """
    insert into task_dependencies (task_id, upstream_id, condition, period)
    select n, n + 1, 'success', 'latest' from generate_series(100, 200) n
    """,
    "analyze runs",
    "analyze tasks",
    "analyze task_dependencies",
)
MANY = list(range(100, 150))
ASKED: dict[str, tuple[TextClause, dict[str, object]]] = {
    "last run": (text(f"select {last_run_sql('tasks.id')} from tasks where id >= 100 limit 50"), {}),
    "outcomes": (recent_outcomes.RECENT.within(FULL_ACCESS), {"task_ids": MANY, "most": 20}),
    "graph": (task_graph.NODES, {"ids": MANY}),
    "edges": (resolve.EDGES, {"task_ids": MANY}),
    "unmet edges": (UNMET_EDGES.within(FULL_ACCESS), {"task_ids": MANY}),
    "last ends": (following.LAST_ENDS, {"task_ids": MANY}),
    "newest": (outcomes.NEWEST, {"task_id": 100, "most": 5}),
    "missed": (late_and_slow.CLEAR_MISSED, {}),
    "kept": (retention.OF_TASK, {"task_id": 100, "keep_runs": 5, "keep_days": None, "batch": 10, "set_aside": []}),
}


@pytest.mark.parametrize("name", list(ASKED))
async def test_no_query_about_a_task_reads_the_runs_of_another(database: Database, name: str) -> None:
    statement, values = ASKED[name]
    async with database.transaction() as connection:
        for one in MAKE:
            await connection.exec_driver_sql(one.replace("{tasks}", str(TASKS)).replace("{runs}", str(RUNS)))
        explained = text(f"explain (analyze, costs off, timing off) {statement.text}")
        plan = "\n".join((await connection.execute(explained, values)).scalars())
    passed_by = [int(words) for words in re.findall(r"Rows Removed by Filter: (\d+)", plan)]
    assert max(passed_by, default=0) < RUNS / 2, plan


async def test_runs_of_a_granted_folder_are_listed_without_those_of_others(database: Database) -> None:
    access = access_of(Role.MEMBER, [GrantedFolder("mine", Permission.READ)])
    async with database.transaction() as connection:
        for one in MAKE:
            await connection.exec_driver_sql(one.replace("{tasks}", str(TASKS)).replace("{runs}", str(RUNS)))
        await connection.exec_driver_sql("update tasks set folder = 'mine/daily' where id = 400")
        await connection.exec_driver_sql("update runs set task_id = 400 where id <= 3")
        await connection.exec_driver_sql("analyze tasks")
        await connection.exec_driver_sql("analyze runs")
        conditions = await where(connection, RunFilter(), access)
        query = SUMMARIES.where(in_folders(schema.TASKS.c.folder, access), *conditions)
        query = query.order_by(schema.RUNS.c.id.desc()).limit(51)
        assert len((await connection.execute(query)).all()) == 3
        written = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
        plan = "\n".join((await connection.exec_driver_sql(f"explain (costs off) {written}")).scalars())
    assert "Index Scan Backward using runs_pkey" not in plan, plan
    assert "Seq Scan on runs" not in plan, plan
