"""One rule for every name that a person gives: shown in one line, with something to see, without blanks around it."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.broker.messages import HEARTBEATS, Heartbeat, MalformedMessageError, WorkerState
from shared.printable_text import is_visible, why_unprintable
from tests.conftest import Databases
from tests.fuzzing import fuzzed
from tests.strategies.texts import NAMES
from tests.system import System, open_system


@dataclass(frozen=True, slots=True, kw_only=True)
class Creation:
    """A request that creates something with a name, in its body or in its path."""

    method: str
    path: str
    body: dict[str, Any]
    most: int = 100
    in_body: str = ""
    field: str = "name"

    async def send(self, http: httpx.AsyncClient, name: str) -> httpx.Response:
        path = self.path if self.in_body else f"{self.path}/{quote(name, safe='')}"
        body = self.body | ({self.in_body: name} if self.in_body else {})
        return await http.request(self.method, path, json=body)


CREATIONS = {
    "task": Creation(method="POST", path="/api/tasks", body={"executor": "noop"}, most=255, in_body="name"),
    "token": Creation(method="POST", path="/api/tokens", body={}, in_body="name"),
    "calendar": Creation(method="PUT", path="/api/calendars", body={}),
    "group": Creation(method="PUT", path="/api/concurrency-groups", body={"max_concurrency": 1}),
    "channel": Creation(method="PUT", path="/api/alerts/channels", body={"kind": "console"}),
    "rule": Creation(method="PUT", path="/api/alerts/rules", body={"channels": ["screen"]}),
}
ASCII_ONLY = {
    "user": Creation(
        method="POST", path="/api/users", body={"password": "a long password"}, in_body="username", field="username"
    ),
    "secret": Creation(method="PUT", path="/api/secrets", body={"value": "a long value"}),
}


class Host:
    """A system on an event loop of its own."""

    def __init__(self, databases: Databases, folder: Path) -> None:
        self._runner = asyncio.Runner()
        self._databases = databases
        self._stack = AsyncExitStack()
        self.url = self.do(databases.create())
        self.system: System = self.do(self._stack.enter_async_context(open_system(self.url, None, folder)))
        self.do(self.system.http.put("/api/alerts/channels/screen", json={"kind": "console"}))

    def do(self, work: Any) -> Any:
        return self._runner.run(work)

    def close(self) -> None:
        self.do(self._stack.aclose())
        self.do(self._databases.drop(self.url))
        self._runner.close()


@pytest.fixture(scope="module")
def host(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    made = Host(databases, tmp_path_factory.mktemp("names"))
    yield made
    made.close()


BAD = {
    "nothing": "",
    "blanks": "   ",
    "blanks of Unicode": "\u3000\xa0",
    "invisible": "\u200b\ufeff",
    "filler": "\u3164",
    "escape": "a\x1b[31m",
    "line break": "a\nb",
    "right to left": "a\u202egpj.exe",
    "isolate": "a\u2066b",
    "separator": "a\u2028b",
    "C1": "a\x9bb",
}
LONG = "x" * 300


@pytest.mark.parametrize("kind", CREATIONS | ASCII_ONLY)
def test_no_name_hides_reorders_or_overflows(host: Host, kind: str) -> None:
    creation = (CREATIONS | ASCII_ONLY)[kind]
    for why, name in (BAD | {"length": LONG}).items():
        if not name and not creation.in_body:
            continue  # without a name it is another path
        answer = host.do(creation.send(host.system.http, name))
        assert answer.status_code == 422, (why, answer.text)
        assert {error["field"] for error in answer.json()["errors"]} == {creation.field}, why


@pytest.mark.parametrize("name", ["\u202ew", "a b", "w\x1b", "\u200b", " ", "x" * 201])
def test_no_id_of_a_worker_does_either(host: Host, name: str) -> None:
    answer = host.do(host.system.http.post(f"/api/workers/{quote(name, safe='')}/key"))
    assert answer.status_code == 422, answer.text


@fuzzed(25)
@given(kind=st.sampled_from(sorted(CREATIONS)), name=NAMES)
def test_a_name_is_refused_or_saved_as_it_is_shown(host: Host, kind: str, name: str) -> None:
    creation = CREATIONS[kind]
    answer = host.do(creation.send(host.system.http, name))
    is_possible = why_unprintable(name) is None and is_visible(name) and len(name) <= creation.most
    if creation.in_body or (name.strip("/. ") and "/" not in name):
        assert answer.status_code in ((200, 201, 409) if is_possible else (422,)), (name, answer.text)
    if answer.status_code in (200, 201):
        assert answer.json()["data"]["name"] == name.strip()


@pytest.mark.parametrize("worker_id", ["\u202ew", "a b", "w\x1b[2J", "w\n", "", "x" * 201])
def test_no_worker_registers_under_such_an_id(worker_id: str) -> None:
    beat = Heartbeat(
        worker_id="w1",
        incarnation="1",
        sequence=1,
        state=WorkerState.ONLINE,
        hostname="h",
        version="1",
        task_types=["*"],
        labels={},
        slots=1,
        held=[],
        active_count=0,
    )
    assert HEARTBEATS.decode(HEARTBEATS.encode(beat)) == beat
    with pytest.raises(MalformedMessageError):
        HEARTBEATS.decode(HEARTBEATS.encode(replace(beat, worker_id=worker_id)))
