"""What settings refuse."""

import pytest
from pydantic import ValidationError

from backend.settings import Settings

BROKER = "amqp://guest:guest@127.0.0.1/"


def test_a_result_is_vouched_for_longer_than_a_stopped_replica_keeps_it_from_the_others() -> None:
    with pytest.raises(ValidationError, match="at least 30"):
        Settings(broker_url=BROKER, reported_attempt_seconds=20)
    with pytest.raises(ValidationError, match="at least 60"):
        Settings(broker_url=f"{BROKER}?heartbeat=20", reported_attempt_seconds=45)


def test_a_quicker_heartbeat_allows_for_less() -> None:
    assert Settings(broker_url=f"{BROKER}?heartbeat=3", reported_attempt_seconds=9).reported_attempt_seconds == 9
    assert Settings(reported_attempt_seconds=1).reported_attempt_seconds == 1, (
        "in one process nothing waits for a broker"
    )
