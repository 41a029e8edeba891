"""The client for programs without an event loop, on a real backend."""

import inspect
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.client import SyncTaskdeckClient, TaskdeckClient, TokenAuth
from shared.client.stream import StreamEvent, StreamOpened
from shared.enums import EventType, RunStatus, StreamTopic
from shared.errors import BackendUnreachableError, ConflictError, NotFoundError
from tests import sync_client
from tests.free_port import free_port
from tests.local_process import LocalProcess


@pytest.fixture
def client(local_backend: LocalProcess) -> Iterator[SyncTaskdeckClient]:
    address = local_backend.address
    with SyncTaskdeckClient(address.url, auth=TokenAuth(address.token)) as made:
        yield made


def test_it_is_what_the_asynchronous_client_says() -> None:
    assert sync_client.TARGET.read_text(encoding="utf-8") == sync_client.generated(), "run: make sync-client"


def test_it_has_every_method_with_the_same_parameters() -> None:
    wanted = {
        name: list(inspect.signature(method).parameters)
        for name, method in inspect.getmembers(TaskdeckClient, inspect.isfunction)
        if not name.startswith("_") and name != "own_headers"
    }
    found = {
        name: list(inspect.signature(method).parameters)
        for name, method in inspect.getmembers(SyncTaskdeckClient, inspect.isfunction)
        if not name.startswith("_")
    }
    assert found == wanted


def test_a_task_is_created_run_awaited_and_read(client: SyncTaskdeckClient) -> None:
    task = client.create_task({"name": "from-a-program", "command": "echo one; echo two; exit 3"})
    run = client.wait_for_run(client.trigger_task(task.id).id)
    assert (run.status, run.exit_code) == (RunStatus.FAILED, 3)
    assert "".join(chunk.text for chunk in client.follow_logs(run.id)) == "one\ntwo\n"
    assert [one.id for one in client.list_runs(task_id=task.id).data] == [run.id]
    with pytest.raises(ConflictError, match="from-a-program"):
        client.create_task({"name": "from-a-program", "command": "true"})
    client.delete_task(task.id)
    with pytest.raises(NotFoundError):
        client.get_task(task.id)


def test_leaving_a_stream_ends_it_and_the_client_goes_on(client: SyncTaskdeckClient) -> None:
    seen = []
    for item in client.stream([StreamTopic.TASKS]):
        seen.append(item)
        if isinstance(item, StreamOpened):
            task = client.create_task({"name": "seen-on-the-stream", "command": "true"})
        else:
            break
    assert isinstance(seen[1], StreamEvent)
    assert (seen[1].type, seen[1].data["id"]) == (EventType.TASK_CREATED, task.id)
    client.delete_task(task.id)


def test_several_threads_share_a_client(client: SyncTaskdeckClient) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: client.info().version, range(40)))
    assert len(set(found)) == 1


def test_a_closed_client_refuses_and_leaves_no_thread(local_backend: LocalProcess) -> None:
    address = local_backend.address
    made = SyncTaskdeckClient(address.url, auth=TokenAuth(address.token))
    made.stats()
    made.close()
    made.close()
    with pytest.raises(RuntimeError, match="closed"):
        made.stats()
    assert not [thread for thread in threading.enumerate() if thread.name == "taskdeck client"]


def test_a_backend_that_is_away_is_named() -> None:
    port = free_port()
    with (
        SyncTaskdeckClient(f"http://127.0.0.1:{port}", auth=TokenAuth("none")) as made,
        pytest.raises(BackendUnreachableError, match=str(port)),
    ):
        made.stats()
