"""Requests that race: changes of the same version of a task, and repeated requests with the same key."""

import asyncio
from collections import Counter
from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from backend.accounts.idempotency import ANSWER_IS_LOST, RepeatableRequest, answer_once
from backend.context import Actor, RequestClaim
from backend.runs.trigger import trigger_batch
from backend.tasks.create import create_task
from shared.errors import ConflictError, DatabaseUnavailableError
from shared.models.task import Task, TaskFields
from shared.models.trigger import BatchItem, BatchResult
from tests.backend.api.answers import create
from tests.system import System

AT_ONCE = 20
FIELDS = TaskFields(name="once", executor="noop")
AGE = text("update idempotency_keys set created_at = created_at - interval '2 minutes' where key = :key")
COUNT = text("select count(*) from tasks where name like 'once%'")


def statuses(answers: list[httpx.Response]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


@pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE"])
async def test_of_changes_of_one_version_one_wins(system: System, method: str) -> None:
    task = await create(system, name="raced")
    path = f"/api/tasks/{task['id']}"
    etag = (await system.http.get(path)).headers["etag"]

    async def change(number: int) -> httpx.Response:
        fields: dict[str, Any] = {"description": f"of request {number}"}
        body = {"PATCH": fields, "PUT": {"name": "raced", "command": "true", **fields}, "DELETE": None}[method]
        return await system.http.request(method, path, json=body, headers={"If-Match": etag})

    answers = await asyncio.gather(*(change(number) for number in range(AT_ONCE)))
    won = 204 if method == "DELETE" else 200
    lost = {404, 412} if method == "DELETE" else {412}
    counts = statuses(answers)
    assert counts.pop(won) == 1, counts
    assert set(counts) <= lost
    if method != "DELETE":
        [winner] = [answer for answer in answers if answer.status_code == won]
        now = await system.http.get(path)
        assert now.json()["data"]["description"] == winner.json()["data"]["description"]
        assert now.headers["etag"] == winner.headers["etag"] != etag


@pytest.mark.parametrize(
    ("path", "body", "created"),
    [
        ("/api/tasks", FIELDS.model_dump(mode="json"), COUNT),
        ("/api/tasks/{task_id}/trigger", {}, text("select count(*) from runs")),
        ("/api/runs/batch", {"runs": [{"task_id": 0}] * 3}, text("select count(*) / 3 from runs")),
        ("/api/tokens", {"name": "raced"}, text("select count(*) from api_tokens where name = 'raced'")),
    ],
)
async def test_of_requests_with_one_key_one_has_an_effect(
    system: System, path: str, body: dict[str, Any], created: Any
) -> None:
    task_id = (await create(system, name="raced", executor="noop", command=""))["id"]
    if "runs" in body:
        body = {"runs": [{"task_id": task_id}] * 3}
    path = path.format(task_id=task_id)
    headers = {"Idempotency-Key": "raced"}
    answers = await asyncio.gather(*(system.http.post(path, json=body, headers=headers) for _ in range(AT_ONCE)))
    assert set(statuses(answers)) <= {201, 409}
    again = await system.http.post(path, json=body, headers=headers)
    made = [answer.json()["data"] for answer in [*answers, again] if answer.status_code == 201]
    assert len({str(one.get("id") or one.get("run_ids")) for one in made}) == 1
    async with system.backend.context.database.transaction() as connection:
        assert (await connection.execute(created)).scalar_one() == 1


class Repeated:
    """A request with a key that creates a task, sent several times."""

    def __init__(self, system: System, user_id: int) -> None:
        self.context = system.backend.context
        self._user_id = user_id
        self.request = RepeatableRequest(user_id=user_id, key="k", digest="0" * 64)

    def actor(self, claim: RequestClaim) -> Actor:
        known = Actor(self._user_id, "ann")
        return replace(known, origin=replace(known.origin, claim=claim))

    async def create(self, claim: RequestClaim) -> Task:
        return await create_task(self.context, FIELDS, actor=self.actor(claim))

    async def send(self, produce: Any = None) -> Task:
        return await answer_once(self.context, self.request, kind=Task, produce=produce or self.create)

    async def age(self) -> None:
        """Let two minutes pass."""
        async with self.context.database.transaction() as connection:
            await connection.execute(AGE, {"key": "k"})

    async def count(self) -> int:
        async with self.context.database.transaction() as connection:
            count: int = (await connection.execute(COUNT)).scalar_one()
            return count


@pytest.fixture
async def repeated(system: System) -> Repeated:
    return Repeated(system, (await system.client.me()).id)


@pytest.mark.parametrize(
    "error", [asyncio.CancelledError(), DatabaseUnavailableError("gone")], ids=["cancelled", "lost"]
)
async def test_a_request_that_is_interrupted_after_its_change_has_no_second_one(
    repeated: Repeated, error: BaseException
) -> None:
    """Its deadline passes, or the connection is lost while the commit is answered."""

    async def interrupted(claim: RequestClaim) -> Task:
        await repeated.create(claim)
        raise error

    with pytest.raises(type(error)):
        await repeated.send(interrupted)
    for _ in range(2):
        with pytest.raises(ConflictError) as refused:
            await repeated.send()
        assert refused.value.detail == ANSWER_IS_LOST
        await repeated.age()
    assert await repeated.count() == 1


async def test_a_request_that_is_interrupted_before_its_change_may_be_repeated(repeated: Repeated) -> None:
    async def interrupted(_claim: RequestClaim) -> Task:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await repeated.send(interrupted)
    made = await repeated.send()
    assert await repeated.send() == made
    assert await repeated.count() == 1


async def test_a_request_that_was_repeated_while_it_waited_changes_nothing(repeated: Repeated) -> None:
    """Its process stood still for more than a minute."""
    second: list[Task] = []

    async def slow(claim: RequestClaim) -> Task:
        await repeated.age()
        second.append(await repeated.send())
        return await create_task(
            repeated.context, FIELDS.model_copy(update={"name": "once more"}), actor=repeated.actor(claim)
        )

    with pytest.raises(ConflictError, match="it was repeated with its Idempotency-Key; it changed nothing"):
        await repeated.send(slow)
    assert await repeated.send() == second[0], "the answer of the second request stays"
    assert await repeated.count() == 1


async def test_a_batch_holds_its_key_in_its_transaction(repeated: Repeated, system: System) -> None:
    task_id = await system.create("batched", executor="noop", command="")

    async def interrupted(claim: RequestClaim) -> BatchResult:
        run_ids = await trigger_batch(repeated.context, [BatchItem(task_id=task_id)], actor=repeated.actor(claim))
        raise DatabaseUnavailableError(str(run_ids))

    with pytest.raises(DatabaseUnavailableError):
        await answer_once(repeated.context, repeated.request, kind=BatchResult, produce=interrupted)
    with pytest.raises(ConflictError, match="has made its change"):
        await answer_once(repeated.context, repeated.request, kind=BatchResult, produce=interrupted)
    assert len((await system.client.list_runs()).data) == 1
