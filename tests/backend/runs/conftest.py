"""A service context over a database of its own, without loops and without an API."""

import pytest

from backend.broker.in_process import InProcessBroker
from backend.context import ServiceContext
from backend.database.connection import Database
from backend.events.passes import Passes
from backend.events.publisher import EventPublisher
from backend.events.wakes import Signals
from backend.faults.reporter import FaultReporter
from backend.settings import Settings


@pytest.fixture
def context(database: Database) -> ServiceContext:
    passes = Passes()
    return ServiceContext(
        settings=Settings(),
        database=database,
        events=EventPublisher(InProcessBroker()),
        signals=Signals(),
        passes=passes,
        faults=FaultReporter(database, passes),
        executors={},
        replica_id="replica",
    )
