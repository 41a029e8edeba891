"""The settings of one worker: what `Settings` says, and what its command line adds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Self

from backend.broker.keys import WorkerKey
from backend.settings import Settings
from backend.worker.identity import Identity
from backend.worker.owner_rules import NO_RULES, OwnerRules, read_rules
from backend.worker.secrets import Secrets

ALL_TASK_TYPES = ("*",)
LINGER = timedelta(seconds=1)
"""Longer than an assignment is on its way from a dispatcher which has not yet received the worker's last heartbeat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSettings:
    """Durations as in `Settings`.

    `key` None sends without seals and obeys every command. A worker that drains stays for `linger` at least, and hands
    back the assignments that still arrive.
    """

    worker_id: str
    slots: int
    task_types: tuple[str, ...]
    spool_dir: Path
    heartbeat_interval: timedelta
    reported_attempt: timedelta
    drain_timeout: timedelta
    kill_grace: timedelta
    key: WorkerKey | None
    labels: Mapping[str, str] = field(default_factory=dict)
    linger: timedelta = LINGER
    secrets: Secrets = field(default_factory=Secrets)
    rules: OwnerRules = NO_RULES
    local_secret: bytes | None = field(default=None, repr=False)
    """What a worker without a key shares with the backend in its own process, which sends it secrets."""

    @property
    def delivery_secret(self) -> bytes | None:
        """What the backend's secrets are sent with; None where none can be sent."""
        return self.key.secret if self.key is not None else self.local_secret

    @classmethod
    def from_settings(
        cls,
        settings: Settings,
        identity: Identity,
        *,
        slots: int,
        drain_timeout: timedelta,
        key: WorkerKey | None = None,
        task_types: tuple[str, ...] = ALL_TASK_TYPES,
        labels: Mapping[str, str] | None = None,
        linger: timedelta = LINGER,
        local_secret: bytes | None = None,
    ) -> Self:
        """Return the settings of the worker `identity`; `drain_timeout` depends on how it is run.

        Raises `StartupError` for a wrong configuration of its owner's.
        """
        rules = read_rules(settings.worker_config)
        return cls(
            worker_id=identity.worker_id,
            spool_dir=identity.spool_dir,
            slots=slots,
            task_types=task_types,
            labels=labels or {},
            drain_timeout=drain_timeout,
            linger=linger,
            heartbeat_interval=settings.heartbeat_interval,
            reported_attempt=settings.reported_attempt,
            kill_grace=settings.kill_grace,
            secrets=Secrets(
                {name: value.get_secret_value() for name, value in settings.secret.items()},
                folder=settings.secrets_dir,
                task_folders=rules.secrets,
            ),
            rules=rules,
            key=key,
            local_secret=local_secret,
        )
