"""A statement that fails is logged without its values, which may be passwords and environments."""

from io import StringIO

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backend.database.connection import Database
from backend.log_output import configure_logging
from backend.settings import Settings

SECRET = "hunter2\n\nwith-lines"


@pytest.mark.parametrize(
    "statement",
    [
        "insert into t select :secret, cast(null as int)",
        "insert into t select :secret, length(:secret) / cast(0 as int)",
    ],
    ids=["refused row", "failed statement"],
)
async def test_a_failed_statement_is_logged_without_values(database: Database, statement: str) -> None:
    out = StringIO()
    configuration = structlog.get_config()
    try:
        configure_logging(Settings(), stream=out)
        with pytest.raises(DBAPIError):  # noqa: PT012 - the table belongs to the session
            async with database.transaction() as connection:
                await connection.execute(text("create temp table t (a text, b int not null) on commit drop"))
                try:
                    await connection.execute(text(statement), {"secret": SECRET})
                except DBAPIError as error:
                    structlog.get_logger().error("failed", exc_info=error)
                    raise
    finally:
        structlog.configure(**configuration)
    assert "failed" in out.getvalue()
    assert "hunter2" not in out.getvalue()
    assert "with-lines" not in out.getvalue()
