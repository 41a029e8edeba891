"""Does nothing, at once: for tests, measurements, and tasks that only join others."""

from collections.abc import Sequence

from backend.broker.messages import AttemptResult, Ending
from backend.executor_spec import ExecutorDescription
from backend.worker.executors.base import Attempt
from shared.errors import FieldError


class NoopExecutor:
    """Succeeds."""

    description = ExecutorDescription(name="noop", description="Does nothing and succeeds.", requires_command=False)

    def check(self, *, command: str, arguments: Sequence[str]) -> list[FieldError]:
        """Accept anything."""
        return []

    async def execute(self, attempt: Attempt) -> AttemptResult:
        """Succeed."""
        return AttemptResult(ending=Ending.SUCCEEDED, exit_code=0)
