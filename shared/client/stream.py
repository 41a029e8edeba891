"""The live stream as a client hears it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """One server-sent event.

    `type` is a word of `EventType`, or `gap`: events were missed, and what is shown must be loaded anew.
    `data` is the event's content: a run (without its output's tails), a worker, a task or a queue depth.
    """

    id: str
    type: str
    data: dict[str, Any]

    @property
    def is_gap(self) -> bool:
        """Whether events were missed before this one."""
        return self.type == "gap"
