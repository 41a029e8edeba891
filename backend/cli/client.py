"""The client of the command line, which names itself to the backend."""

import os
import re
from typing import ClassVar

from shared.client import TaskdeckClient

_TRACEPARENT = re.compile("[0-9a-f-]{55}")


class CommandLineClient(TaskdeckClient):
    """A client whose changes the audit log shows as those of the command line.

    Its requests belong to the trace of the process that started it, such as the command of a task.
    """

    program: ClassVar[str] = "cli"

    def own_headers(self) -> dict[str, str]:
        """Override of TaskdeckClient."""
        inherited = os.environ.get("TRACEPARENT", "")
        return super().own_headers() | ({"traceparent": inherited} if _TRACEPARENT.fullmatch(inherited) else {})
