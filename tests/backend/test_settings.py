"""Which settings are refused."""

from io import StringIO
from pathlib import Path

import pytest
import structlog
from pydantic import ValidationError

from backend.log_output import configure_logging
from backend.settings import SECRET_SETTINGS, Settings, secret_variables
from shared.errors import StartupError
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


def test_a_setting_comes_from_the_file_that_its_variable_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "key"
    file.write_text("a secret of at least 32 characters\r\n")
    monkeypatch.setenv("TASKDECK_SIGNING_KEY_FILE", str(file))

    assert Settings().signing_key == "a secret of at least 32 characters"


def test_a_setting_from_a_file_that_cannot_be_used_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "key"
    monkeypatch.setenv("TASKDECK_SIGNING_KEY_FILE", str(file))
    with pytest.raises(StartupError, match=r"TASKDECK_SIGNING_KEY_FILE names .* cannot be read: No such file"):
        Settings()
    file.write_text("\n")
    with pytest.raises(StartupError, match="which is empty"):
        Settings()
    monkeypatch.setenv("TASKDECK_SIGNING_KEY", "another secret of 32 characters..")
    with pytest.raises(StartupError, match="TASKDECK_SIGNING_KEY and TASKDECK_SIGNING_KEY_FILE are both set"):
        Settings()


def test_the_variables_of_secrets_are_known_and_no_part_of_what_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKDECK_SECRET_API", "only for tasks")
    monkeypatch.setenv("TASKDECK_SMTP_URL", "smtp://user:password@host")
    assert {"TASKDECK_SECRET_API", "TASKDECK_SMTP_URL"} <= set(secret_variables())
    settings = Settings()
    assert settings.secret["API"].get_secret_value() == "only for tasks"
    assert "only for tasks" not in repr(settings)
    assert set(SECRET_SETTINGS) <= set(Settings.model_fields)


def test_the_log_contains_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKDECK_SECRET_API", "only for tasks")
    out = StringIO()
    configuration = structlog.get_config()
    try:
        configure_logging(Settings(), stream=out)
        structlog.get_logger().warning("failed", url="http://host/only%20for%20tasks")
    finally:
        structlog.configure(**configuration)
    assert "http://host/***" in out.getvalue()
