"""Does work for a batch, and finds the items that PostgreSQL refuses."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.database.unavailability import is_unavailable
from backend.faults.model import ITEM_ERRORS

T = TypeVar("T")


async def process_batch(
    connection: AsyncConnection, items: Sequence[T], work: Callable[[Sequence[T]], Awaitable[object]]
) -> list[tuple[T, Exception]]:
    """Do the work for all items in one statement; return the items that it fails for, each with its error.

    A batch that fails is halved until the item is alone, so one bad item in a thousand costs twenty statements. What is
    done for the others stays. Errors of the server itself are raised.
    """
    if not items:
        return []
    try:
        async with connection.begin_nested():
            await work(items)
    except (DBAPIError, *ITEM_ERRORS) as error:
        if is_unavailable(error):
            raise
        if len(items) == 1:
            return [(items[0], error)]
    else:
        return []
    middle = len(items) // 2
    refused = await process_batch(connection, items[:middle], work)
    return refused + await process_batch(connection, items[middle:], work)
