"""A message that nobody can read is kept, shown, sent back or thrown away, and holds nothing up."""

import asyncio

import httpx

from backend.broker.queues import LOG_QUEUE, REPORT_QUEUE
from tests.system import System

ONE_DATABASE_EACH = True

PATH = "/api/system/dead-letters"


async def letters(system: System, *, count: int) -> list[dict[str, object]]:
    """Return the dead letters when there are so many."""
    async with asyncio.timeout(30):
        while True:
            found = (await system.http.get(PATH)).json()["data"]
            if found["total"] == count:
                return list(found["letters"])
            await asyncio.sleep(0.05)


def count_of(answer: httpx.Response) -> int:
    assert answer.status_code == 200, answer.text
    return int(answer.json()["data"]["count"])


async def test_an_invalid_message_is_dead_lettered_and_can_be_requeued_or_discarded(system: System) -> None:
    await system.add_worker()
    try:
        await system.broker.send(REPORT_QUEUE.name, b"no report \xff", durable=True)
        await system.broker.send(LOG_QUEUE.name, b"{}", durable=True)
        found = {str(one["queue"]): one for one in await letters(system, count=2)}
        assert found["reports"]["content"] == "no report \\xff"
        assert (found["reports"]["reason"], found["reports"]["size_bytes"]) == ("rejected", 11)
        assert found["logs"]["at"] is not None
        assert (await system.run("beside", command="echo on")).status == "succeeded"

        assert count_of(await system.http.post(f"{PATH}/discard", json={"ids": [found["logs"]["id"]]})) == 1
        [left] = await letters(system, count=1)
        assert left["queue"] == "reports"
        assert count_of(await system.http.post(f"{PATH}/requeue", json={})) == 1
        assert [one["content"] for one in await letters(system, count=1)] == [left["content"]], "it was refused again"
    finally:
        await system.http.post(f"{PATH}/discard", json={})
    assert await letters(system, count=0) == []


async def test_requeueing_and_discarding_are_in_the_audit_log(system: System) -> None:
    assert count_of(await system.http.post(f"{PATH}/discard", json={"ids": ["nothing of this name"]})) == 0
    actions = [event["action"] for event in (await system.http.get("/api/audit")).json()["data"]]
    assert "dead_letters.discard" in actions
    assert (await system.http.post(f"{PATH}/discard", json={"ids": []})).status_code == 422
