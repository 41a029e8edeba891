"""Keeping the local backend running by the user's own service manager: systemd, launchd or the Task Scheduler."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from shared.errors import StartupError

NAME = "taskdeck"
_LABEL = "org.taskdeck.backend"
_SECONDS = 60


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """Whether the service is installed, and whether its manager says that it runs; None where it cannot say."""

    is_installed: bool
    is_running: bool | None
    path: Path


def backend_command(data_dir: Path) -> list[str]:
    """Return the command that the service runs: this Python's backend, without a console."""
    return [sys.executable, "-m", "backend", "up", "--headless", "--data-dir", str(data_dir)]


def systemd_unit(command: list[str]) -> str:
    """Return the unit; it starts with the user's session and again ten seconds after a failure, without end.

    While a backend that somebody started by hand has the data directory, each start fails; the next one after its
    end does not.
    """
    quoted = " ".join(_systemd_quoted(word) for word in command)
    return (
        "[Unit]\n"
        "Description=Taskdeck: the backend of this machine\n"
        "StartLimitIntervalSec=0\n"
        "\n"
        "[Service]\n"
        f"ExecStart={quoted}\n"
        "Restart=on-failure\n"
        "RestartSec=10\n"
        "KillMode=mixed\n"
        "TimeoutStopSec=90\n"
        "\n"
        "[Install]\n"
        "WantedBy=default.target\n"
    )


def _systemd_quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'


def launchd_plist(command: list[str]) -> str:
    """Return the agent's property list."""
    words = "".join(f"    <string>{escape(word)}</string>\n" for word in command)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n'
        '<plist version="1.0">\n'
        "<dict>\n"
        f"  <key>Label</key><string>{_LABEL}</string>\n"
        f"  <key>ProgramArguments</key>\n  <array>\n{words}  </array>\n"
        "  <key>RunAtLoad</key><true/>\n"
        "  <key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>\n"
        "</dict>\n"
        "</plist>\n"
    )


class UserService:
    """Installs, removes and asks; every call may take some seconds and raises `StartupError` where it fails."""

    def __init__(self, data_dir: Path, *, platform: str = sys.platform, home: Path | None = None) -> None:
        self._data_dir = data_dir
        self._platform = platform
        self._home = home or Path.home()

    @property
    def path(self) -> Path:
        """The file that makes the service."""
        if self._platform == "darwin":
            return self._home / "Library" / "LaunchAgents" / f"{_LABEL}.plist"
        if self._platform == "win32":
            return self._data_dir / "service-installed"
        config = Path(os.environ.get("XDG_CONFIG_HOME") or self._home / ".config")
        return config / "systemd" / "user" / f"{NAME}.service"

    def status(self) -> ServiceStatus:
        """Return how it is."""
        if not self.path.exists():
            return ServiceStatus(False, False, self.path)
        if self._platform == "darwin":
            is_running: bool | None = self._answers("launchctl", "list", _LABEL)
        elif self._platform == "win32":
            is_running = None
        else:
            is_running = self._answers("systemctl", "--user", "is-active", "--quiet", NAME)
        return ServiceStatus(True, is_running, self.path)

    def install(self) -> None:
        """Install the service and start it; one that is there is written anew."""
        command = backend_command(self._data_dir)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self._platform == "win32":
            line = subprocess.list2cmdline(command)
            self._tell("schtasks", "/Create", "/F", "/SC", "ONLOGON", "/TN", NAME, "/TR", line)
            self.path.write_text(line, encoding="utf-8")
            self._tell("schtasks", "/Run", "/TN", NAME)
        elif self._platform == "darwin":
            self.path.write_text(launchd_plist(command), encoding="utf-8")
            self._tell("launchctl", "load", "-w", str(self.path))
        else:
            self.path.write_text(systemd_unit(command), encoding="utf-8")
            try:
                self._tell("systemctl", "--user", "daemon-reload")
                self._tell("systemctl", "--user", "enable", "--now", NAME)
            except StartupError:
                self.path.unlink(missing_ok=True)
                raise

    def remove(self) -> None:
        """Stop the service and remove it; one that is not there is no error."""
        if not self.path.exists():
            return
        if self._platform == "win32":
            self._tell("schtasks", "/Delete", "/F", "/TN", NAME)
        elif self._platform == "darwin":
            self._answers("launchctl", "unload", "-w", str(self.path))
        else:
            self._answers("systemctl", "--user", "disable", "--now", NAME)
        self.path.unlink(missing_ok=True)
        if self._platform not in ("win32", "darwin"):
            self._answers("systemctl", "--user", "daemon-reload")

    def _tell(self, *command: str) -> None:
        if shutil.which(command[0]) is None:
            raise StartupError(
                f"This system has no {command[0]}, so nothing here can keep the backend running. "
                f"Have your own service manager run: {' '.join(backend_command(self._data_dir))}"
            )
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=_SECONDS)  # noqa: S603
        if done.returncode != 0:
            said = (done.stderr or done.stdout).strip()
            raise StartupError(
                f"{' '.join(command)} failed: {said or done.returncode}. "
                "It needs a running session of your user's service manager; sign in on this machine and try again."
            )

    @staticmethod
    def _answers(*command: str) -> bool:
        if shutil.which(command[0]) is None:
            return False
        return subprocess.run(command, check=False, capture_output=True, timeout=_SECONDS).returncode == 0  # noqa: S603
