"""The live stream over HTTP."""

import asyncio

from shared.client import StreamEvent, StreamGap, StreamOpened
from shared.enums import EventType, StreamTopic
from tests.backend.api.answers import create
from tests.system import System


async def test_the_stream_resumes_where_it_ended_or_reports_a_gap(system: System) -> None:
    async with asyncio.timeout(30):
        stream = system.client.stream([StreamTopic.TASKS])
        assert isinstance(await anext(stream), StreamOpened)
        await create(system, name="streamed")
        created = await anext(stream)
        await stream.aclose()
        assert isinstance(created, StreamEvent)
        assert created.type is EventType.TASK_CREATED

        await create(system, name="missed")
        resumed = system.client.stream([StreamTopic.TASKS], last_event_id=created.id)
        assert isinstance(await anext(resumed), StreamOpened)
        missed = await anext(resumed)
        await resumed.aclose()
        assert isinstance(missed, StreamEvent)
        assert missed.data["name"] == "missed"

        unknown = system.client.stream([StreamTopic.TASKS], last_event_id="0-0")
        assert isinstance(await anext(unknown), StreamOpened)
        assert isinstance(await anext(unknown), StreamGap)
        await unknown.aclose()
