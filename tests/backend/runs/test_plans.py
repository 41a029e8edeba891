"""Which plans PostgreSQL makes for statements that change runs while it knows nothing about the table.

It keeps them for as long as a connection lives, also when the table has grown to millions.
"""

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from backend.context import ServiceContext
from tests.backend.runs.test_transitions import STATEMENTS, Statement, text_clauses

DIALECT = make_url("postgresql+asyncpg://").get_dialect()()
FORCE_GENERIC = text("set local plan_cache_mode = force_generic_plan")


BY_HAND = {"backend.runs.reorder.START_NOW"}
"""Of a few runs that a person chose; PostgreSQL knows the table better after a minute."""
IN_BATCHES = [statement for statement in STATEMENTS if statement.name not in BY_HAND]


async def test_postgresql_understands_every_statement(context: ServiceContext) -> None:
    wrong = {}
    for name, statement in text_clauses().items():
        if statement.text.strip().startswith("lock table"):  # which cannot be prepared
            continue
        try:
            async with context.database.transaction() as connection:
                await connection.exec_driver_sql(f"prepare tried as {statement.compile(dialect=DIALECT)}")
                await connection.exec_driver_sql("deallocate tried")
        except DBAPIError as error:
            wrong[name] = str(error.orig)
    assert wrong == {}


@pytest.mark.parametrize("statement", IN_BATCHES, ids=lambda statement: statement.name)
async def test_a_change_of_runs_reads_each_run_once(context: ServiceContext, statement: Statement) -> None:
    compiled = text(statement.sql).compile(dialect=DIALECT)
    nulls = ", ".join("null" for _ in compiled.positiontup or ())
    async with context.database.transaction() as connection:
        await connection.execute(FORCE_GENERIC)
        await connection.exec_driver_sql(f"prepare changed as {compiled}")
        explained = await connection.exec_driver_sql("explain execute changed" + (f"({nulls})" if nulls else ""))
        plan = [line for (line,) in explained]
        await connection.exec_driver_sql("deallocate changed")

    assert [line for line in plan if "Seq Scan on runs" in line] == []
    # Each row of the batch would be compared with each other one.
    assert [line for line in plan if "Join Filter" in line] == []
