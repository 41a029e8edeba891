"""Settling messages in as few frames as can be."""

import asyncio

from aiormq.abc import AbstractChannel

from backend.broker.rabbitmq.faults import LinkLostError, link_faults


class Settlements:
    """What was delivered on one channel and what became of it.

    Acknowledgements that come in the same turn of the loop go out together: where nothing older waits, one
    frame settles all. When the channel is gone nothing is written, and the broker delivers again.
    """

    def __init__(self, channel: AbstractChannel) -> None:
        self._channel = channel
        self._unsettled: dict[int, None] = {}
        self._acked: set[int] = set()
        self._refused: list[tuple[int, bool]] = []
        self._writing: asyncio.Task[None] | None = None

    def add(self, tag: int) -> None:
        """Note a delivery; tags come in rising order."""
        self._unsettled[tag] = None

    def ack(self, tag: int) -> None:
        """Settle a message as dealt with."""
        if tag in self._unsettled:
            self._acked.add(tag)
            self._write_soon()

    def refuse(self, tag: int, *, requeue: bool) -> None:
        """Give a message back, or up."""
        if tag in self._unsettled and tag not in self._acked:
            del self._unsettled[tag]
            self._refused.append((tag, requeue))
            self._write_soon()

    async def flush(self) -> None:
        """Return when all that was settled is written."""
        if self._writing is not None:
            await self._writing

    def _write_soon(self) -> None:
        if self._writing is None:
            self._writing = asyncio.create_task(self._write(), name="settle messages")

    async def _write(self) -> None:
        try:
            with link_faults("settlements"):
                while self._refused or self._acked:
                    # A frame that settles many would take along a refused one that is not yet written.
                    while self._refused:
                        tag, requeue = self._refused.pop(0)
                        await self._channel.basic_nack(tag, requeue=requeue, wait=False)
                    for tag, multiple in self._take_acks():
                        await self._channel.basic_ack(tag, multiple=multiple, wait=False)
        except LinkLostError:
            self._unsettled.clear()
            self._acked.clear()
            self._refused.clear()
        finally:
            self._writing = None

    def _take_acks(self) -> list[tuple[int, bool]]:
        """Return the frames' tags, each with whether it settles all before it too."""
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
