"""Prints a line of JSON for each run that failed, and goes on behind the last one after a restart.

TASKDECK_URL and TASKDECK_TOKEN name the backend. The file that the argument names has the id of the last event.
"""

import asyncio
import json
import os
import sys
from pathlib import Path

from backend.plugins.events import EventType, StreamGap, StreamTopic, follow

_FAILED = ("failed", "timed_out")


async def print_failures(url: str, token: str, memory: Path) -> None:
    """Print failures until cancelled."""
    last = memory.read_text(encoding="utf-8") if memory.exists() else None
    async for item in follow(url, token, [StreamTopic.RUNS], last_event_id=last):
        if isinstance(item, StreamGap):
            print(json.dumps({"gap": item.reason}), flush=True)
        elif item.type is EventType.RUN_FINISHED and item.data["status"] in _FAILED:
            line = {name: item.data[name] for name in ("id", "task_name", "status", "error")}
            print(json.dumps(line), flush=True)
        # Behind the line: after a crash between the two, it is printed twice rather than never.
        new = memory.with_name(f"{memory.name}.new")
        new.write_text(item.id, encoding="utf-8")
        new.replace(memory)


def main() -> None:
    """Run until Ctrl+C."""
    asyncio.run(print_failures(os.environ["TASKDECK_URL"], os.environ["TASKDECK_TOKEN"], Path(sys.argv[1])))
