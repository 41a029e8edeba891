"""What every use case needs, built once and handed down."""

from collections.abc import Mapping
from dataclasses import dataclass

from backend.domain.executors import ExecutorSpec
from backend.services.events import EventPublisher
from backend.services.signals import Signals
from backend.settings import Settings
from backend.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceContext:
    """The shared parts of one backend process."""

    settings: Settings
    database: Database
    events: EventPublisher
    signals: Signals
    executors: Mapping[str, ExecutorSpec]
    replica_id: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, for the audit trail."""

    user_id: int
    name: str
