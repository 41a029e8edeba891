"""Which settings are refused."""

import os
import shlex
import subprocess
from io import StringIO
from pathlib import Path

import pytest
import structlog
from pydantic import ValidationError

from backend.log_output import configure_logging
from backend.setting_sources import SECRET_SETTINGS
from backend.settings import Settings, secret_variables
from backend.worker.secrets import SecretError, Secrets
from shared.errors import StartupError
from tests.settings_table import PAGE, with_table

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


def test_the_table_in_the_documentation_is_that_of_the_fields() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text == with_table(text), "run: make settings-table"


def test_a_setting_comes_from_the_file_that_its_variable_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "key"
    file.write_text("a secret of at least 32 characters\r\n")
    file.chmod(0o600)
    monkeypatch.setenv("TASKDECK_SIGNING_KEY_FILE", str(file))

    assert Settings().signing_key == "a secret of at least 32 characters"


def test_a_setting_from_a_file_that_cannot_be_used_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "key"
    monkeypatch.setenv("TASKDECK_SIGNING_KEY_FILE", str(file))
    with pytest.raises(StartupError, match=r"TASKDECK_SIGNING_KEY_FILE names .* cannot be read: No such file"):
        Settings()
    file.write_text("\n")
    file.chmod(0o640)
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


def test_the_log_contains_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "FROM_FILE").write_text("of the folder\n")
    (tmp_path / "SHORT").write_text("a")
    (tmp_path / "BINARY").write_bytes(b"\xff\xfe")
    (tmp_path / "folder").mkdir()
    monkeypatch.setenv("TASKDECK_SECRETS_DIR", str(tmp_path))
    monkeypatch.setenv("TASKDECK_SECRET_API", "only for tasks")
    out = StringIO()
    configuration = structlog.get_config()
    try:
        configure_logging(Settings(), stream=out)
        structlog.get_logger().warning("failed", url="http://host/only%20for%20tasks")
        structlog.get_logger().warning("failed too", header="Bearer of the folder")
    finally:
        structlog.configure(**configuration)
    assert "http://host/***" in out.getvalue()
    assert "Bearer ***" in out.getvalue()
    assert "of the folder" not in out.getvalue()


@pytest.mark.parametrize(
    ("mode", "why"),
    [
        (0o644, "every user of this machine can read it"),
        (0o604, "every user of this machine can read it"),
        (0o602, "every user of this machine can change it"),
        (0o660, "its whole group can change it"),
        (0o640, None),
        (0o400, None),
    ],
)
def test_a_file_with_a_secret_must_be_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, why: str | None
) -> None:
    file = tmp_path / "KEY"
    file.write_text("a secret of at least 32 characters\n")
    file.chmod(mode)
    secrets = Secrets(folder=tmp_path)
    monkeypatch.setenv("TASKDECK_SIGNING_KEY_FILE", str(file))
    if why is None:
        assert Settings().signing_key == secrets.read("KEY", task_folder="")
        return
    named = f"TASKDECK_SIGNING_KEY_FILE names {file}, which is not private: {why}"
    with pytest.raises(StartupError, match=named) as refused:
        Settings()
    with pytest.raises(SecretError, match=f"the secret KEY is in {file}, which is not private: {why}"):
        secrets.read("KEY", task_folder="")
    command = refused.value.detail.partition("Run: ")[2]
    subprocess.run(shlex.split(command), check=True)
    assert Settings().signing_key == secrets.read("KEY", task_folder="")


def test_a_setting_that_is_no_secret_may_be_in_any_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "from"
    file.write_text("me@example.org\n")
    file.chmod(0o644)
    monkeypatch.setenv("TASKDECK_SMTP_FROM_FILE", str(file))
    assert Settings().smtp_from == "me@example.org"


def test_a_pipe_is_private(monkeypatch: pytest.MonkeyPatch) -> None:
    reads, writes = os.pipe()
    os.write(writes, b"a secret of at least 32 characters\n")
    os.close(writes)
    monkeypatch.setenv("TASKDECK_SIGNING_KEY_FILE", f"/dev/fd/{reads}")
    try:
        assert Settings().signing_key == "a secret of at least 32 characters"
    finally:
        os.close(reads)


def test_the_address_of_traces_names_where_the_id_belongs() -> None:
    url = "https://jaeger.example.org/trace/{trace_id}"
    assert Settings(trace_url=url).trace_url == url
    for wrong in ("https://jaeger.example.org", "file:///{trace_id}", f"{url}/{{trace_id}}"):
        with pytest.raises(ValidationError, match="must be a URL with"):
            Settings(trace_url=wrong)
