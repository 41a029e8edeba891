from shared.client.client import TaskdeckClient
from shared.client.stream import StreamEvent

__all__ = ["StreamEvent", "TaskdeckClient"]
