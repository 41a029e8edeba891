"""Settle messages in as few frames as possible."""

import asyncio

from aiormq.abc import AbstractChannel

from backend.broker.rabbitmq.faults import LinkLostError, link_faults


class Settlements:
    """The deliveries of one channel and how they were settled.

    Acknowledgements of one iteration of the event loop are written together; where nothing older is unsettled, in one
    frame. When the channel is closed nothing is written, and the broker delivers again.
    """

    def __init__(self, channel: AbstractChannel) -> None:
        self._channel = channel
        self._unsettled: dict[int, None] = {}
        self._acked: set[int] = set()
        self._refused: list[tuple[int, bool]] = []
        self._writing: asyncio.Task[None] | None = None

    def add(self, tag: int) -> None:
        """Add a delivery; tags rise."""
        self._unsettled[tag] = None

    def ack(self, tag: int) -> None:
        """Acknowledge a message."""
        if tag in self._unsettled:
            self._acked.add(tag)
            self._write_soon()

    def refuse(self, tag: int, *, requeue: bool) -> None:
        """Requeue or reject a message."""
        if tag in self._unsettled and tag not in self._acked:
            del self._unsettled[tag]
            self._refused.append((tag, requeue))
            self._write_soon()

    async def flush(self) -> None:
        """Return when all settlements are written."""
        if self._writing is not None:
            await self._writing

    def _write_soon(self) -> None:
        if self._writing is None:
            self._writing = asyncio.create_task(self._write(), name="settle messages")

    async def _write(self) -> None:
        try:
            with link_faults("settlements"):
                while self._refused or self._acked:
                    # A frame that acknowledges many would include a refused one that is not written yet.
                    while self._refused:
                        tag, requeue = self._refused.pop(0)
                        await self._channel.basic_nack(tag, requeue=requeue, wait=False)
                    for tag, multiple in self._next_acks():
                        await self._channel.basic_ack(tag, multiple=multiple, wait=False)
        except LinkLostError:
            self._unsettled.clear()
            self._acked.clear()
            self._refused.clear()
        finally:
            self._writing = None

    def _next_acks(self) -> list[tuple[int, bool]]:
        """Return the tags to write, each with whether it settles all before it too."""
        covered = []
        for tag in self._unsettled:
            if tag not in self._acked:
                break
            covered.append(tag)
        rest = sorted(self._acked.difference(covered))
        for tag in self._acked:
            del self._unsettled[tag]
        self._acked.clear()
        frames = [(covered[-1], True)] if covered else []
        return frames + [(tag, False) for tag in rest]
