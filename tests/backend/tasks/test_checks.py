"""What is refused before a task is saved."""

import pytest

from backend.tasks.checks import check_jitter
from shared.errors import ValidationFailedError
from shared.models.task import TaskFields


def fields(schedule: str | None, jitter_seconds: int) -> TaskFields:
    return TaskFields(name="spread", executor="noop", schedule=schedule, jitter_seconds=jitter_seconds)


@pytest.mark.parametrize(("schedule", "jitter"), [("* * * * *", 60), ("* * * * *", 3600), ("every 90s", 90)])
def test_jitter_beyond_the_interval_is_refused(schedule: str, jitter: int) -> None:
    with pytest.raises(ValidationFailedError, match="must be below the interval of the schedule") as refused:
        check_jitter(fields(schedule, jitter))
    assert refused.value.errors[0].field == "jitter_seconds"


@pytest.mark.parametrize(
    ("schedule", "jitter"),
    [("* * * * *", 59), ("30 3 * * *", 3600), ("after 10m", 3600), (None, 3600), ("* * * * *", 0)],
)
def test_jitter_within_the_interval_is_accepted(schedule: str | None, jitter: int) -> None:
    check_jitter(fields(schedule, jitter))
