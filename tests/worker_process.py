"""`taskdeck worker` as a process."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

END_SECONDS = 30


def without_privileges() -> list[str]:
    """Return what a command line begins with so that the superuser has the rights of any other user on processes."""
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("setpriv of util-linux is not installed; run these tests as another user than root")
    return [setpriv, "--bounding-set=-sys_ptrace,-sys_admin,-perfmon,-dac_override,-dac_read_search", "--"]


class WorkerProcess:
    """A worker of its own process, for a broker."""

    def __init__(
        self,
        folder: Path,
        broker_url: str,
        *,
        worker_id: str = "w1",
        environment: Mapping[str, str] | None = None,
        arguments: Sequence[str] = (),
        prefix: Sequence[str] = (),
    ) -> None:
        self._log = folder / f"{worker_id}.log"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [
                    *(*prefix, sys.executable, "-m", "backend", "worker", "--id", worker_id),
                    *("--spool-dir", str(folder / "spool"), *arguments),
                ],
                stdout=log,
                stderr=subprocess.STDOUT,
                env={
                    **os.environ,
                    "TASKDECK_BROKER_URL": broker_url,
                    "TASKDECK_HEARTBEAT_INTERVAL_SECONDS": "0.5",
                    "TASKDECK_INSECURE_BROKER": "true",  # unless there is a key
                    **(environment or {}),
                },
            )

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
