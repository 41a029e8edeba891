"""How long until a failed delivery is tried again."""

from datetime import timedelta

from backend.alerts.delivery_delay import MOST_ATTEMPTS, delivery_delay


def test_deliveries_are_tried_less_and_less_often_and_not_for_ever() -> None:
    delays = [delivery_delay(attempt, first=timedelta(seconds=5)) for attempt in range(1, MOST_ATTEMPTS + 1)]
    assert delays[-1] is None
    waits = [delay for delay in delays if delay is not None]
    assert waits == sorted(waits)
    assert waits[0] == timedelta(seconds=5)
    assert waits[-1] <= timedelta(hours=1)
