"""Events of the live stream reach the feed of their aggregate as models."""

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from console.connection.backend_connection import BackendConnection
from console.connection.endpoint import RemoteEndpoint
from console.feeds.feeds import Feeds
from console.feeds.runs import RunEvent
from console.feeds.tasks import TaskEvent
from console.feeds.workers import WorkerEvent
from shared.client.stream import StreamEvent
from shared.enums import EventType, RunStatus
from tests.console.factories import a_run


@pytest.fixture
def connection(qtbot: QtBot) -> BackendConnection:
    return BackendConnection(RemoteEndpoint("https://example.org"))


def event(event_type: EventType, data: dict[str, Any]) -> StreamEvent:
    return StreamEvent("1", event_type, data)


def test_an_event_of_a_run_is_decoded_once(connection: BackendConnection) -> None:
    feeds = Feeds(connection)
    received: list[object] = []
    feeds.runs.changed.connect(received.append)
    run = a_run(7, RunStatus.FAILED)
    connection.event_received.emit(event(EventType.RUN_FINISHED, run.model_dump(mode="json")))
    assert received == [RunEvent(EventType.RUN_FINISHED, run)]


def test_a_deleted_task_and_a_removed_worker_leave_their_ids(connection: BackendConnection) -> None:
    feeds = Feeds(connection)
    received: list[object] = []
    feeds.tasks.changed.connect(received.append)
    feeds.workers.changed.connect(received.append)
    connection.event_received.emit(event(EventType.TASK_DELETED, {"id": 3, "name": "gone"}))
    connection.event_received.emit(event(EventType.WORKER_REMOVED, {"id": "w"}))
    assert received == [TaskEvent(EventType.TASK_DELETED, 3, None), WorkerEvent(EventType.WORKER_REMOVED, "w", None)]


def test_an_event_that_cannot_be_read_is_skipped_and_logged(
    connection: BackendConnection, caplog: pytest.LogCaptureFixture
) -> None:
    feeds = Feeds(connection)
    received: list[object] = []
    feeds.alerts.raised.connect(received.append)
    connection.event_received.emit(event(EventType.ALERT_RAISED, {"id": "of a newer backend"}))
    assert received == []
    assert "alert.raised" in caplog.text


def test_an_election_is_no_sample_of_the_queue(connection: BackendConnection) -> None:
    feeds = Feeds(connection)
    sampled: list[object] = []
    elected: list[bool] = []
    feeds.queue.sampled.connect(sampled.append)
    feeds.queue.dispatcher_elected.connect(lambda: elected.append(True))
    connection.event_received.emit(event(EventType.DISPATCHER_ELECTED, {}))
    assert (sampled, elected) == ([], [True])
