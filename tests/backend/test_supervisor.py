"""Services that fail are restarted."""

import asyncio
import contextlib

from structlog.testing import capture_logs

from backend.supervisor import Supervisor
from shared.errors import StartupError


class Failing:
    """Fails with each of these errors, and then returns."""

    def __init__(self, *errors: Exception) -> None:
        self._errors = list(errors)

    async def run(self) -> None:
        if self._errors:
            raise self._errors.pop(0)


class LosesOneCancellation:
    """Goes on after the first cancellation, as code does that takes it for that of its own time limit."""

    def __init__(self) -> None:
        self.waits = asyncio.Event()
        self.is_ended = False

    async def run(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            self.waits.set()
            await asyncio.Event().wait()
        try:
            await asyncio.Event().wait()
        finally:
            self.is_ended = True


async def test_a_service_that_loses_its_cancellation_is_named_and_ends() -> None:
    supervisor = Supervisor(stop_again_seconds=0.05)
    service = LosesOneCancellation()
    supervisor.start(service, name="intake")
    await service.waits.wait()
    with capture_logs() as lines:
        async with asyncio.timeout(10):
            await supervisor.stop()
    assert service.is_ended
    (line,) = lines
    assert line["service"] == "intake"
    assert [place.rpartition(" ")[2] for place in line["waits_at"]] == ["_run", "run", "wait"]


async def test_an_error_that_an_operator_can_correct_is_logged_without_a_traceback() -> None:
    supervisor = Supervisor(restart_delay_seconds=0.0, restart_delay_for_operator_seconds=0.0)
    failing = Failing(StartupError("A pooler is in front of it."), RuntimeError("a bug"))
    with capture_logs() as lines:
        supervisor.start(failing, name="dispatcher")
        await supervisor.finish()
    for_operator, bug = lines
    assert for_operator["cause"] == "A pooler is in front of it."
    assert "exc_info" not in for_operator
    assert "exc_info" in bug


async def test_each_failure_is_reported_with_the_name_of_the_service() -> None:
    reported: list[tuple[str, str]] = []
    supervisor = Supervisor(
        on_failure=lambda name, error: reported.append((name, str(error))),
        restart_delay_seconds=0.0,
        restart_delay_for_operator_seconds=0.0,
    )
    supervisor.start(Failing(RuntimeError("a bug"), StartupError("a setting")), name="purger")
    await supervisor.finish()
    assert reported == [("purger", "a bug"), ("purger", "a setting")]
