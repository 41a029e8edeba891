"""The output of commands: taken in from workers, stored in numbered pieces, and read."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.broker.messages import LogBatch, LogPiece
from backend.context import ServiceContext
from backend.runs.conditions import OWN_ATTEMPT
from backend.runs.log_followers import LogFollowers
from backend.workers.sent_times import SentTimes
from shared.enums import LogStream
from shared.models.run import LogChunk

_ATTEMPT_STEP = 2**32
"""A chunk's id is its attempt times this plus its sequence: ids grow in the order of writing."""
_MOST = 2**31 - 1
"""An attempt is an integer of PostgreSQL, and so is a sequence."""

# A piece that is delivered twice is stored once; pieces of a purged run, and those of another worker than the
# attempt's, are dropped. By the primary key.
INSERT = text(
    f"""
    insert into log_chunks (run_id, attempt, sequence, stream, at, text)
    select p.run_id, p.attempt, p.sequence, p.stream, now() - p.ago_ms * interval '1 millisecond', p.text
    from unnest(
        cast(:run_ids as bigint[]), cast(:attempts as integer[]), cast(:sequences as integer[]),
        cast(:streams as text[]), cast(:ago as bigint[]), cast(:texts as text[]), cast(:workers as text[])
    ) as p (run_id, attempt, sequence, stream, ago_ms, text, worker_id)
    where {OWN_ATTEMPT.format(row="p")}
    on conflict do nothing
    """  # noqa: S608
)

# By the primary key, which is in the order of writing.
READ = text(
    """
    select attempt, sequence, stream, at, text from log_chunks
    where run_id = :run_id and (attempt, sequence) > (:attempt, :sequence)
        and (cast(:stream as text) is null or stream = :stream)
    order by attempt, sequence limit :limit
    """
)


# By the primary keys. Null where the worker did not report the number of pieces.
IS_WHOLE = text(
    """
    select r.log_pieces <= (select count(*) from log_chunks c where c.run_id = r.id and c.attempt = r.attempt)
    from runs r where r.id = :run_id
    """
)


async def insert_pieces(connection: AsyncConnection, pieces: Sequence[LogPiece]) -> None:
    """Store pieces; stored ones are not changed."""
    await connection.execute(
        INSERT,
        {
            "run_ids": [piece.run_id for piece in pieces],
            "attempts": [piece.attempt for piece in pieces],
            "sequences": [piece.sequence for piece in pieces],
            "streams": [piece.stream for piece in pieces],
            "ago": [piece.ago_ms for piece in pieces],
            "texts": [piece.text for piece in pieces],
            "workers": [piece.worker_id for piece in pieces],
        },
    )


async def is_whole(connection: AsyncConnection, run_id: int) -> bool | None:
    """Return whether the whole output of a finished run's last attempt is stored; None where that is unknown."""
    whole: bool | None = (await connection.execute(IS_WHOLE, {"run_id": run_id})).scalar_one_or_none()
    return whole


async def read_chunks(
    connection: AsyncConnection, run_id: int, *, after: int, limit: int, stream: LogStream | None
) -> list[LogChunk]:
    """Return up to `limit` chunks after the one with id `after`, 0 for the first."""
    attempt, sequence = (min(part, _MOST) for part in divmod(after, _ATTEMPT_STEP))
    rows = await connection.execute(
        READ,
        {"run_id": run_id, "attempt": attempt, "sequence": sequence, "stream": stream, "limit": limit},
    )
    return [
        LogChunk(
            id=row.attempt * _ATTEMPT_STEP + row.sequence,
            attempt=row.attempt,
            stream=LogStream(row.stream),
            sequence=row.sequence,
            at=row.at,
            text=row.text,
        )
        for row in rows
    ]


class LogIntake:
    """Handles the queue of logs."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context
        self._sent_times = SentTimes()
        self.followers = LogFollowers(context)

    async def handle(self, batches: Sequence[LogBatch]) -> None:
        """Store a batch of pieces in one statement."""
        if not any(batch.pieces for batch in batches):
            return
        async with self._context.database.transaction() as connection:
            waited = await self._sent_times.on_their_way(connection, batches)
            pieces = [
                replace(piece, worker_id=batch.worker_id, ago_ms=piece.ago_ms + ms)
                for batch, ms in zip(batches, waited, strict=True)
                for piece in batch.pieces
            ]
            await insert_pieces(connection, pieces)
        self.followers.notify({piece.run_id for piece in pieces})
