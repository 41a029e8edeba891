"""What one worker is told at start."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSettings:
    """`task_types` holds `*` where the worker takes all work; `signing_key` None accepts unsigned commands.

    A worker that drains stays for `linger` at least, and hands back what was on its way to it when it said so.
    For `reported_for` a reported attempt still counts as held: its result may wait in its queue.
    """

    worker_id: str
    slots: int
    task_types: tuple[str, ...]
    spool_dir: Path
    labels: Mapping[str, str] = field(default_factory=dict)
    heartbeat_interval: timedelta = timedelta(seconds=5)
    reported_for: timedelta = timedelta(minutes=5)
    drain_timeout: timedelta = timedelta(seconds=60)
    linger: timedelta = timedelta(seconds=1)
    kill_grace: timedelta = timedelta(seconds=10)
    signing_key: str | None = None
