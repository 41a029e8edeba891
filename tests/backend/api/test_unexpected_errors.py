"""An error that nothing foresaw: a table that is missing, as after a restore that stopped half-way."""

import asyncio

import httpx
from sqlalchemy import text
from structlog.testing import capture_logs

from tests.system import System

SEARCH = "/api/tasks?q=words"


async def rename(system: System, old: str, new: str) -> None:
    async with system.backend.context.database.transaction() as connection:
        await connection.execute(text(f"alter table {old} rename to {new}"))


def client_address(answer: httpx.Response) -> object:
    return answer.extensions["network_stream"].get_extra_info("client_addr")


async def test_it_is_answered_with_500_without_internals_and_the_connection_goes_on(system: System) -> None:
    await rename(system, "task_search", "elsewhere")
    with capture_logs() as logs:
        failed = await system.http.get(SEARCH, headers={"X-Request-ID": "asked-1"})
    assert (failed.status_code, failed.json()["code"]) == (500, "internal_error")
    assert "asked-1" in failed.json()["detail"]
    assert failed.headers["X-Request-ID"] == "asked-1"
    assert "task_search" not in failed.text
    assert "connection" not in failed.headers
    assert [entry["path"] for entry in logs if entry.get("request_id") == "asked-1"] == ["/api/tasks"]
    await rename(system, "elsewhere", "task_search")
    after = await system.http.get(SEARCH)
    assert after.status_code == 200
    assert client_address(after) == client_address(failed)


async def test_requests_that_were_sent_behind_a_failing_one_are_answered(system: System) -> None:
    await rename(system, "task_search", "elsewhere")
    host, port = system.backend.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = f"HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {system.token}\r\n"
    with capture_logs():
        writer.write(f"GET {SEARCH} {head}\r\nGET /health {head}Connection: close\r\n\r\n".encode())
        async with asyncio.timeout(20):
            answers = (await reader.read()).decode()
    writer.close()
    await writer.wait_closed()
    assert answers.startswith("HTTP/1.1 500 ")
    assert "HTTP/1.1 200 OK" in answers
    assert answers.count("connection: close") == 1
