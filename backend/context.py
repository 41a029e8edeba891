"""The parts that every use case shares: built once in `backend.app`, passed to each as its first argument."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from backend.database.connection import Database
from backend.encryption.stored_values import StoredValues
from backend.events.passes import Passes
from backend.events.publisher import EventPublisher
from backend.events.wakes import Signals
from backend.executor_spec import ExecutorSpec
from backend.faults.reporter import FaultReporter
from backend.settings import Settings
from backend.tracing.tracer import NO_TRACER, Tracer
from backend.waiting_counts import WaitingCounts
from shared.access import FULL_ACCESS, Access
from shared.enums import Via


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceContext:
    """The shared parts of one backend process."""

    settings: Settings
    database: Database
    events: EventPublisher
    signals: Signals
    passes: Passes
    faults: FaultReporter
    executors: Mapping[str, ExecutorSpec]
    counts: WaitingCounts
    replica_id: str
    stored_values: StoredValues = field(default_factory=StoredValues)
    """Encrypts what is stored; without keys of secrets nothing is."""
    tracer: Tracer = NO_TRACER


@dataclass(frozen=True, slots=True)
class RequestClaim:
    """The claim of one request on its `Idempotency-Key`; a repeated request may claim it later."""

    key: str
    claimed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a request came from, for the audit log: `via` is what the client says that it is."""

    token_id: int | None = None
    address: str | None = None
    request_id: str | None = None
    via: Via | None = None
    claim: RequestClaim | None = None


NO_ORIGIN = Origin()


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, for the audit log, and what they may do: each change of a task or a run asks `access`."""

    user_id: int | None
    name: str
    origin: Origin = NO_ORIGIN
    access: Access = FULL_ACCESS


SYSTEM = Actor(None, "taskdeck")
"""The backend itself."""
