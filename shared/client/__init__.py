"""The HTTP client of the console and of the command line: one method per endpoint, and the live stream."""

from shared.client.client import TaskdeckClient
from shared.client.stream import StreamEvent, StreamGap, StreamItem, StreamOpened

__all__ = ["StreamEvent", "StreamGap", "StreamItem", "StreamOpened", "TaskdeckClient"]
