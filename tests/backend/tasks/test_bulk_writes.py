"""Which plans PostgreSQL makes for changes of many tasks while it knows nothing about the tables."""

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from backend.context import ServiceContext
from backend.tasks import bulk_writes

DIALECT = make_url("postgresql+asyncpg://").get_dialect()()
STATEMENTS = {
    "pause": bulk_writes.PAUSE,
    "label": bulk_writes.LABEL,
    "move": bulk_writes.MOVE,
    "labels restored": bulk_writes.RESTORE_LABELS,
    "folder restored": bulk_writes.RESTORE_FOLDER,
}


@pytest.mark.parametrize("name", STATEMENTS)
async def test_a_change_of_many_tasks_reads_no_whole_table_of_versions(context: ServiceContext, name: str) -> None:
    compiled = STATEMENTS[name].compile(dialect=DIALECT)
    nulls = ", ".join("null" for _ in compiled.positiontup or ())
    async with context.database.transaction() as connection:
        await connection.execute(text("set local plan_cache_mode = force_generic_plan"))
        await connection.exec_driver_sql(f"prepare changed as {compiled}")
        plan = [line for (line,) in await connection.exec_driver_sql(f"explain execute changed({nulls})")]
        await connection.exec_driver_sql("deallocate changed")
    assert [line for line in plan if "Seq Scan on task_versions" in line] == []
    assert [line for line in plan if "task_versions_pkey" in line]
