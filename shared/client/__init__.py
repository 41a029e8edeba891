"""The HTTP client of the console, of the command line and of other programs: one method per endpoint.

`TaskdeckClient` is for programs with an event loop, `SyncTaskdeckClient` for those without.
"""

from typing import TYPE_CHECKING, Any

from shared.client.client import TaskdeckClient
from shared.client.session import LoginAuth, TokenAuth
from shared.client.stream import StreamEvent, StreamGap, StreamItem, StreamOpened

if TYPE_CHECKING:
    from shared.client.sync_client import SyncTaskdeckClient

__all__ = [
    "LoginAuth",
    "StreamEvent",
    "StreamGap",
    "StreamItem",
    "StreamOpened",
    "SyncTaskdeckClient",
    "TaskdeckClient",
    "TokenAuth",
]


def __getattr__(name: str) -> Any:
    """Load the client without an event loop when it is first used: commands and the console never do."""
    if name != "SyncTaskdeckClient":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from shared.client.sync_client import SyncTaskdeckClient

    return SyncTaskdeckClient
