"""The client of the console, which names itself to the backend."""

from typing import ClassVar

from shared.client import TaskdeckClient


class ConsoleClient(TaskdeckClient):
    """A client whose changes the audit log shows as those of the console."""

    program: ClassVar[str] = "console"
