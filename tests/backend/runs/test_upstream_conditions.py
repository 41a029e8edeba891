from sqlalchemy import text

from backend.database.connection import Database
from backend.runs.upstream_conditions import SATISFIED_BY, satisfied_sql
from shared.enums import DependencyCondition, RunStatus


async def test_the_database_agrees_on_which_outcomes_satisfy_a_condition(database: Database) -> None:
    asked = [(condition, status) for condition in DependencyCondition for status in RunStatus]
    query = text(
        f"""
        select c.condition, c.status, {satisfied_sql(condition="c.condition", status="c.status")}
        from unnest(cast(:conditions as text[]), cast(:statuses as text[])) as c (condition, status)
        """
    )
    async with database.transaction() as connection:
        answers = await connection.execute(
            query, {"conditions": [condition for condition, _ in asked], "statuses": [status for _, status in asked]}
        )
        found = {(condition, status): is_satisfied for condition, status, is_satisfied in answers}

    assert found == {(condition, status): status in SATISFIED_BY[condition] for condition, status in asked}


def test_only_a_final_status_satisfies_a_condition() -> None:
    assert set(SATISFIED_BY) == set(DependencyCondition)
    assert all(status.is_final for outcomes in SATISFIED_BY.values() for status in outcomes)
