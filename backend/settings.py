"""What an operator may set, by environment variables that begin with `TASKDECK_`."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from backend.broker.heartbeat import given_up_within


def _asyncpg_url(url: str) -> str:
    """Return the URL with SQLAlchemy's name for asyncpg; any of PostgreSQL's usual schemes is taken."""
    for scheme in ("postgresql+asyncpg://", "postgresql://", "postgres://"):
        if url.startswith(scheme):
            return "postgresql+asyncpg://" + url.removeprefix(scheme)
    raise ValueError("must be a PostgreSQL URL such as postgresql://user:password@host:5432/taskdeck")


def _amqp_url(url: str) -> str:
    if not url.startswith(("amqp://", "amqps://")):
        raise ValueError("must be a RabbitMQ URL such as amqp://user:password@host:5672/")
    return url


class Settings(BaseSettings):
    """The settings of one process; durations are in seconds."""

    model_config = SettingsConfigDict(env_prefix="TASKDECK_", extra="ignore", env_ignore_empty=True)

    database_url: Annotated[str, AfterValidator(_asyncpg_url)] | None = None
    broker_url: Annotated[str, AfterValidator(_amqp_url)] | None = None
    data_dir: Path | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=8420, ge=0, le=65535)
    wait_at_start_seconds: float = Field(default=60.0, ge=0)
    database_pool_size: int = Field(default=10, ge=2, le=1000)
    admin_password_file: Path | None = None
    signing_key: str | None = Field(default=None, min_length=16)
    metrics_token: str | None = None
    redis_url: str | None = None
    keep_days: int | None = Field(default=None, ge=1)
    keep_runs: int | None = Field(default=None, ge=1)
    smtp_url: str | None = None
    smtp_from: str = "taskdeck@localhost"
    strategy: str = "least_loaded"
    reserved_slots: int = Field(default=1, ge=0)
    spread_label: str = "zone"

    heartbeat_interval_seconds: float = Field(default=5.0, gt=0)
    heartbeat_timeout_seconds: float = Field(default=15.0, gt=0)
    reported_attempt_seconds: float = Field(default=300.0, gt=0)
    misfire_grace_seconds: float = Field(default=60.0, ge=0)
    priority_aging_seconds: float = Field(default=600.0, gt=0)
    assignment_expiry_seconds: float = Field(default=5.0, gt=0)
    drain_timeout_seconds: float = Field(default=60.0, ge=0)
    local_drain_timeout_seconds: float = Field(default=3.0, ge=0)
    kill_grace_seconds: float = Field(default=10.0, ge=0)
    access_token_seconds: int = Field(default=900, ge=30)
    refresh_token_seconds: int = Field(default=30 * 24 * 3600, ge=60)
    login_attempts_per_minute: int = Field(default=10, ge=1)
    requests_per_minute: int = Field(default=60_000, ge=1)
    log_format: Literal["text", "json"] = "text"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("reported_attempt_seconds")
    @classmethod
    def _longer_than_a_result_waits(cls, seconds: float, info: ValidationInfo) -> float:
        """A result may lie with a replica that was stopped, until the broker gives it to another."""
        url = info.data.get("broker_url")
        least = given_up_within(url).total_seconds() if url else 0
        if seconds < least:
            raise ValueError(f"must be at least {least:g}: three heartbeats of TASKDECK_BROKER_URL")
        return seconds

    @property
    def heartbeat_timeout(self) -> timedelta:
        """How long a worker may be silent before it is lost."""
        return timedelta(seconds=self.heartbeat_timeout_seconds)

    @property
    def misfire_grace(self) -> timedelta:
        """How late an occurrence may fire without counting as missed."""
        return timedelta(seconds=self.misfire_grace_seconds)

    @property
    def priority_aging(self) -> timedelta:
        """How long a run waits to be lifted by one level of priority."""
        return timedelta(seconds=self.priority_aging_seconds)

    @property
    def assignment_expiry(self) -> timedelta:
        """How long an assignment may wait in the broker; less than the time after which it is given up."""
        return timedelta(seconds=self.assignment_expiry_seconds)
