"""`taskdeck events`: the live stream, as lines of JSON."""

import json
from contextlib import aclosing
from typing import Annotated

import typer

from backend.cli.connection import call
from backend.cli.output import print_json_text
from shared.client import StreamGap, StreamOpened, TaskdeckClient
from shared.enums import StreamTopic


def events(
    topic: Annotated[list[StreamTopic] | None, typer.Option(help="Only this topic. Repeatable. Default: all.")] = None,
    after: Annotated[str | None, typer.Option(help="The id of the last event that was handled.")] = None,
    count: Annotated[int | None, typer.Option(min=1, help="End after so many events.")] = None,
) -> None:
    """Print what happens as lines of JSON, until Ctrl+C: each with its id, for --after.

    A line with the type gap says that events before it are missing.
    """

    async def work(client: TaskdeckClient) -> None:
        left = count
        async with aclosing(client.stream(topic or list(StreamTopic), last_event_id=after)) as items:
            async for item in items:
                if isinstance(item, StreamOpened):
                    continue
                kind, data = ("gap", {"reason": item.reason}) if isinstance(item, StreamGap) else (item.type, item.data)
                print_json_text(json.dumps({"id": item.id, "type": kind, "data": data}, ensure_ascii=False))
                left = None if left is None else left - 1
                if left == 0:
                    return

    call(work)
