"""The executor `noop`: for tests, measurements, and tasks that only join others."""

from collections.abc import Sequence

from backend.broker.messages import AttemptResult
from backend.executor_spec import ExecutorDescription
from backend.worker.executors.contract import Attempt, succeeded
from shared.errors import FieldError


class NoopExecutor:
    """Succeeds at once."""

    description = ExecutorDescription(name="noop", description="Does nothing and succeeds.", requires_command=False)

    def check(self, *, command: str, arguments: Sequence[str]) -> list[FieldError]:
        """Accept every command."""
        return []

    async def execute(self, attempt: Attempt) -> AttemptResult:
        """Succeed."""
        return succeeded()
