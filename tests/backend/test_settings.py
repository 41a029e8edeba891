"""Which settings are refused."""

import pytest
from pydantic import ValidationError

from backend.settings import Settings
from tests.settings_table import README, with_table

BROKER = "amqp://guest:guest@127.0.0.1/"


def test_an_attempt_is_reported_for_longer_than_a_stopped_replica_holds_its_result() -> None:
    with pytest.raises(ValidationError, match="at least 30"):
        Settings(broker_url=BROKER, reported_attempt_seconds=20)
    with pytest.raises(ValidationError, match="at least 60"):
        Settings(broker_url=f"{BROKER}?heartbeat=20", reported_attempt_seconds=45)


def test_a_shorter_amqp_heartbeat_permits_a_shorter_time() -> None:
    assert Settings(broker_url=f"{BROKER}?heartbeat=3", reported_attempt_seconds=9).reported_attempt_seconds == 9
    assert Settings(reported_attempt_seconds=1).reported_attempt_seconds == 1, (
        "within one process nothing is redelivered"
    )


def test_every_setting_has_a_description() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_the_table_in_the_readme_is_that_of_the_fields() -> None:
    text = README.read_text(encoding="utf-8")
    assert text == with_table(text), "run: make settings-table"
