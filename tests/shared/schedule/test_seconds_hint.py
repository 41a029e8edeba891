import pytest

from shared.schedule.seconds_hint import seconds_hint


@pytest.mark.parametrize(
    ("schedule", "has_hint"),
    [
        ("0 3 * * * *", True),
        ("* * * * * *", True),
        ("0 3 * * * */1", True),
        ("0 3 * * * 0-59", True),
        ("0 3 * * * 0", False),
        ("0 3 * * * */10", False),
        ("* * * * *", False),
        ("@daily", False),
        ("every 1s", False),
        ("at 2030-01-01T00:00", False),
    ],
)
def test_a_sixth_star_is_explained(schedule: str, has_hint: bool) -> None:
    assert (seconds_hint(schedule) is not None) is has_hint
    assert ("秒" in (seconds_hint(schedule, language="zh") or "")) is has_hint
