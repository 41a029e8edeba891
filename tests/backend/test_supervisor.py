"""Services that fail."""

import pytest
from structlog.testing import capture_logs

from backend import supervisor
from backend.supervisor import Supervisor
from shared.errors import StartupError


class Failing:
    """Fails with each of these errors, and then ends."""

    def __init__(self, *errors: Exception) -> None:
        self._errors = list(errors)

    async def run(self) -> None:
        if self._errors:
            raise self._errors.pop(0)


async def test_what_only_an_operator_can_put_right_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "_PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(supervisor, "_PAUSE_FOR_OPERATOR_SECONDS", 0.0)
    owner = Supervisor()
    with capture_logs() as said:
        owner.start(Failing(StartupError("A pooler stands before it."), RuntimeError("a bug")), name="dispatcher")
        await owner.finish()
    first, second = said
    assert first["cause"] == "A pooler stands before it."
    assert "exc_info" not in first, "its place in the code helps nobody"
    assert "exc_info" in second
