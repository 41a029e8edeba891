"""NOTIFY of PostgreSQL: every replica that listens hears it once the transaction has committed."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

NOTIFY = text("select pg_notify(:channel, :payload)")


async def notify(connection: AsyncConnection, channel: str, payload: str = "") -> None:
    """Notify who listens on a channel."""
    await connection.execute(NOTIFY, {"channel": channel, "payload": payload})
