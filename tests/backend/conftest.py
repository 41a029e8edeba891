"""One backend within the process, without a worker, and a service context without loops and without an API."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backend.broker.in_process import InProcessBroker
from backend.context import ServiceContext
from backend.database.connection import Database
from backend.events.passes import Passes
from backend.events.publisher import EventPublisher
from backend.events.wakes import Signals
from backend.faults.reporter import FaultReporter
from backend.settings import Settings
from backend.waiting_counts import WaitingCounts
from tests.system import System, open_system


@pytest.fixture
async def system(database_url: str, tmp_path: Path) -> AsyncIterator[System]:
    async with open_system(database_url, None, tmp_path) as opened:
        yield opened


@pytest.fixture
async def resting_system(database_url: str, tmp_path: Path) -> AsyncIterator[System]:
    """A system without a dispatcher: it leaves the runs alone that a test stores."""
    async with open_system(database_url, None, tmp_path, dispatches=False) as opened:
        yield opened


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
        counts=WaitingCounts(database),
        executors={},
        replica_id="replica",
    )
