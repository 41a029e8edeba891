"""The client of the command line, which names itself to the backend."""

from typing import ClassVar

from shared.client import TaskdeckClient


class CommandLineClient(TaskdeckClient):
    """A client whose changes the audit log shows as those of the command line."""

    program: ClassVar[str] = "cli"
