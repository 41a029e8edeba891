"""Calls an address outside each minute while this replica leads, so that a dead Taskdeck is noticed."""

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
import structlog

from backend.alerts.send import new_http_client
from backend.context import ServiceContext
from backend.faults.model import NewFault
from backend.faults.store import clear_faults
from backend.metric_kinds import CountKind
from shared.enums import FaultKind
from shared.errors import DatabaseUnavailableError

_INTERVAL_SECONDS = 60.0
_STANDBY_SECONDS = 1.0
_TOTAL_SECONDS = 20.0
"""A receiver that accepts and never answers is given up well before the next call."""
_OBJECT_TYPE = "outside heartbeat"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class HeartbeatSent:
    """One call; `error` says why it failed."""

    error: str | None


class OutsideHeartbeat:
    """A service. Only the leader sends: without one, the silence of the address says so to whom watches it."""

    def __init__(self, context: ServiceContext, url: str, *, interval_seconds: float = _INTERVAL_SECONDS) -> None:
        """The path of `url` is often a secret, so that only its host is logged."""
        self._context = context
        self._url = url
        self._host = urlsplit(url).hostname or ""
        self._interval_seconds = interval_seconds
        self._had_failed: bool | None = None

    async def run(self) -> None:
        """Call until cancelled. No failure raises: the lead does not depend on the receiver."""
        async with await new_http_client() as http:
            while True:
                pause = _STANDBY_SECONDS
                if self._context.signals.is_leader:
                    error = await self._call(http)
                    self._context.counts.note(CountKind.HEARTBEATS_SENT, "ok" if error is None else "failed")
                    await self._note(error)
                    self._context.passes.record(HeartbeatSent(error))
                    pause = self._interval_seconds
                await asyncio.sleep(pause)

    async def _call(self, http: httpx.AsyncClient) -> str | None:
        """Return why the call failed, without the address, or None."""
        try:
            async with asyncio.timeout(_TOTAL_SECONDS), http.stream("GET", self._url) as answer:
                if answer.is_success:
                    return None
                return f"{self._host} answered {answer.status_code} {answer.reason_phrase}"
        except TimeoutError:
            return f"{self._host} did not answer within {_TOTAL_SECONDS:g} s"
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            reason = str(error).replace(self._url, self._host) or type(error).__name__
            return f"{self._host} cannot be reached: {reason}"

    async def _note(self, error: str | None) -> None:
        if error is not None:
            if not self._had_failed:
                log.warning("The heartbeat to the outside failed.", cause=error)
            self._context.faults.report(
                NewFault(
                    kind=FaultKind.UNREACHABLE,
                    object_type=_OBJECT_TYPE,
                    object_id=self._host,
                    cause=error,
                    next_step="Correct TASKDECK_HEARTBEAT_URL, or the way to this host. Who watches it may report "
                    "that Taskdeck is dead.",
                )
            )
        elif self._had_failed is not False:
            # A fault of an earlier leader is removed too.
            try:
                async with self._context.database.transaction() as connection:
                    await clear_faults(connection, FaultKind.UNREACHABLE, _OBJECT_TYPE, [self._host])
            except DatabaseUnavailableError:
                return
        self._had_failed = error is not None
