"""What becomes of a deleted task's runs."""

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.runs import listing as store


async def end_runs_of_deleted_task(connection: AsyncConnection, task_id: int) -> None:
    """End what waits and wish the end of what runs; the rows go later, in batches."""
    unfinished = await store.unfinished_of_task(connection, task_id)
    if unfinished:
        reason = "its task was deleted"
        await store.cancel_at_once(connection, unfinished, reason=reason)
        await store.ask_to_cancel(connection, unfinished, reason=reason)
