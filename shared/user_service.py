"""The local backend as a service of the user: systemd, launchd or the Windows Task Scheduler."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from shared.errors import StartupError
from shared.own_program import lasting_command

NAME = "taskdeck"
_LABEL = "org.taskdeck.backend"
_TIMEOUT_SECONDS = 60
"""A start of the service waits for its process to be spawned, which takes seconds on a busy machine."""


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """Whether the service is installed, and whether it runs according to its manager; None where that is unknown."""

    is_installed: bool
    is_running: bool | None
    path: Path


def backend_command(data_dir: Path) -> list[str]:
    """Return the command of the service: this installation's backend, without a console."""
    return lasting_command("up", "--headless", "--data-dir", str(data_dir))


def systemd_unit(command: list[str]) -> str:
    """Return the unit, which starts with the user's session, and ten seconds after each failure, without limit.

    A start fails while a backend that was started by hand uses the data directory.
    """
    quoted = " ".join(_systemd_quoted(word) for word in command)
    return (
        "[Unit]\n"
        "Description=Taskdeck: the backend of this machine\n"
        "StartLimitIntervalSec=0\n"
        "\n"
        "[Service]\n"
        "Type=notify\n"
        "TimeoutStartSec=300\n"
        "WatchdogSec=60\n"
        f"ExecStart={quoted}\n"
        "Restart=on-failure\n"
        "RestartSec=10\n"
        "KillMode=mixed\n"
        "TimeoutStopSec=90\n"
        "\n"
        "[Install]\n"
        "WantedBy=default.target\n"
    )


def own_command() -> str:
    """Return how a unit starts this installation, without arguments."""
    return " ".join(_systemd_quoted(word) for word in lasting_command())


def _systemd_quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'


def launchd_plist(command: list[str]) -> str:
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
    """Installs, removes and queries the service. A call may take seconds, and raises `StartupError` where it fails."""

    def __init__(self, data_dir: Path, *, platform: str = sys.platform, home: Path | None = None) -> None:
        self._data_dir = data_dir
        self._platform = platform
        self._home = home or Path.home()

    @property
    def path(self) -> Path:
        """The file that defines the service."""
        if self._platform == "darwin":
            return self._home / "Library" / "LaunchAgents" / f"{_LABEL}.plist"
        if self._platform == "win32":
            return self._data_dir / "service-installed"
        config = Path(os.environ.get("XDG_CONFIG_HOME") or self._home / ".config")
        return config / "systemd" / "user" / f"{NAME}.service"

    def status(self) -> ServiceStatus:
        if not self.path.exists():
            return ServiceStatus(False, False, self.path)
        if self._platform == "darwin":
            is_running: bool | None = self._succeeds("launchctl", "list", _LABEL)
        elif self._platform == "win32":
            is_running = None
        else:
            is_running = self._succeeds("systemctl", "--user", "is-active", "--quiet", NAME)
        return ServiceStatus(True, is_running, self.path)

    def install(self) -> None:
        """Install and start the service; an existing one is replaced."""
        command = backend_command(self._data_dir)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self._platform == "win32":
            line = subprocess.list2cmdline(command)
            self._run("schtasks", "/Create", "/F", "/SC", "ONLOGON", "/TN", NAME, "/TR", line)
            self.path.write_text(line, encoding="utf-8")
            self._run("schtasks", "/Run", "/TN", NAME)
        elif self._platform == "darwin":
            self.path.write_text(launchd_plist(command), encoding="utf-8")
            self._run("launchctl", "load", "-w", str(self.path))
        else:
            self.path.write_text(systemd_unit(command), encoding="utf-8")
            try:
                self._run("systemctl", "--user", "daemon-reload")
                self._run("systemctl", "--user", "enable", "--now", NAME)
            except StartupError:
                self.path.unlink(missing_ok=True)
                raise

    def remove(self) -> None:
        """Stop and remove the service. A missing one is not an error."""
        if not self.path.exists():
            return
        if self._platform == "win32":
            self._run("schtasks", "/Delete", "/F", "/TN", NAME)
        elif self._platform == "darwin":
            self._succeeds("launchctl", "unload", "-w", str(self.path))
        else:
            self._succeeds("systemctl", "--user", "disable", "--now", NAME)
        self.path.unlink(missing_ok=True)
        if self._platform not in ("win32", "darwin"):
            self._succeeds("systemctl", "--user", "daemon-reload")

    def _run(self, *command: str) -> None:
        if shutil.which(command[0]) is None:
            raise StartupError(
                f"This system has no {command[0]}, which runs services of users. "
                f"Configure your own service manager to run: {' '.join(backend_command(self._data_dir))}"
            )
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=_TIMEOUT_SECONDS)  # noqa: S603
        if done.returncode != 0:
            output = (done.stderr or done.stdout).strip()
            raise StartupError(
                f"{' '.join(command)} failed: {output or done.returncode}. "
                "It requires a session of your user's service manager. Sign in on this machine and try again."
            )

    @staticmethod
    def _succeeds(*command: str) -> bool:
        if shutil.which(command[0]) is None:
            return False
        return subprocess.run(command, check=False, capture_output=True, timeout=_TIMEOUT_SECONDS).returncode == 0  # noqa: S603
