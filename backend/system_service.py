"""A backend or a worker as a service of the machine: its hardened unit for systemd, installed and removed by root."""

import importlib.resources
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from shared.errors import StartupError
from shared.user_service import own_command

_UNITS = Path("/etc/systemd/system")
_CONFIGURATION = Path("/etc/taskdeck")
_TIMEOUT_SECONDS = 300
"""How long the unit gives a start."""


class UnitName(StrEnum):
    """What runs on a server."""

    BACKEND = "backend"
    WORKER = "worker"


@dataclass(frozen=True, slots=True)
class SystemService:
    """The service `taskdeck-NAME`; `units` and `configuration` are where systemd and Taskdeck look."""

    name: UnitName
    units: Path = _UNITS
    configuration: Path = _CONFIGURATION

    @property
    def unit(self) -> str:
        """The unit's name."""
        return f"taskdeck-{self.name}.service"

    @property
    def path(self) -> Path:
        """The file of the unit."""
        return self.units / self.unit

    def text(self) -> str:
        """Return the unit, which starts this installation."""
        text = importlib.resources.files("resources").joinpath("systemd", self.unit).read_text(encoding="utf-8")
        return text.replace("@TASKDECK@", own_command()).replace(f"{_CONFIGURATION}/", f"{self.configuration}/")

    def missing_files(self) -> list[Path]:
        """Return the files that the unit reads and that do not exist yet; without them it does not start."""
        text = self.text()
        named = re.findall(r"^LoadCredential=[\w-]+:(.+)$", text, re.MULTILINE)
        named += re.findall(r"^ExecStart=.* --config (\S+)", text, re.MULTILINE)
        return [Path(name) for name in named if not Path(name).exists()]

    def install(self) -> bool:
        """Write the unit and load it; return whether it was enabled and (re)started: only if no file is missing.

        Raises `StartupError` if this is not root, or systemd refuses.
        """
        _check_root(self.unit)
        self.configuration.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.write_text(self.text(), encoding="utf-8")
        _systemctl("daemon-reload")
        if self.missing_files():
            return False
        _systemctl("enable", self.unit)
        _systemctl("restart", self.unit)
        return True

    def remove(self) -> None:
        """Stop the service and remove its unit; the configuration stays. A missing unit is not an error."""
        _check_root(self.unit)
        if self.path.exists():
            _systemctl("disable", "--now", self.unit)
            self.path.unlink()
            _systemctl("daemon-reload")


def _check_root(unit: str) -> None:
    if os.geteuid() != 0:
        raise StartupError(f"{unit} is a service of the machine, which root installs and removes. Run this with sudo.")


def _systemctl(*arguments: str) -> None:
    if shutil.which("systemctl") is None:
        raise StartupError(
            "This system has no systemctl. Print the unit with `taskdeck service unit`, and translate it for your own "
            "service manager."
        )
    try:
        done = subprocess.run(  # noqa: S603
            ["systemctl", *arguments],  # noqa: S607 - of the system that is administered
            check=False,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise StartupError(f"systemctl {' '.join(arguments)} has not ended within {_TIMEOUT_SECONDS} s.") from error
    if done.returncode != 0:
        raise StartupError(f"systemctl {' '.join(arguments)} failed: {(done.stderr or done.stdout).strip()}")
