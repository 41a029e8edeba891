"""A request that nothing answers ends in time; a stream may take as long as it likes."""

import asyncio
from collections.abc import AsyncIterator

import httpx
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from backend.api.deadline import DeadlineMiddleware

SECONDS = 0.2


def application() -> FastAPI:
    app = FastAPI()
    app.add_middleware(DeadlineMiddleware, seconds=SECONDS)

    @app.get("/stuck")
    @app.post("/stuck")
    async def stuck() -> None:
        await asyncio.Event().wait()

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        async def parts() -> AsyncIterator[str]:
            yield "first "
            await asyncio.sleep(SECONDS * 2)
            yield "last"

        return StreamingResponse(parts())

    return app


async def test_a_handler_that_does_not_answer_gives_503_with_retry_after() -> None:
    transport = httpx.ASGITransport(application())
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        answer = await http.get("/stuck")
        changed = await http.post("/stuck")
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["title"]) == (503, "request_timeout", "Not answered in time")
    assert "Request less at once" in problem["detail"]
    assert "The change may have been made" in changed.json()["detail"]
    assert int(answer.headers["Retry-After"]) > 0


async def test_a_stream_that_has_begun_is_not_ended() -> None:
    transport = httpx.ASGITransport(application())
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        assert (await http.get("/stream")).text == "first last"
