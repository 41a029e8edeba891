"""Checks of times against the clock of the database, the only one that decisions use."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.errors import ValidationFailedError
from shared.models.base import rfc3339

NOW = text("select now()")


async def check_is_future(connection: AsyncConnection, **times: datetime | None) -> None:
    """Raise `ValidationFailedError` for a field whose time is not in the future."""
    now: datetime = (await connection.execute(NOW)).scalar_one()
    for field, at in times.items():
        if at is not None and at <= now:
            raise ValidationFailedError.of(field, f"must be in the future; it is {rfc3339(now)} now")
