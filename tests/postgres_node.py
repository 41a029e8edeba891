"""A private PostgreSQL with TLS for tests: it accepts nothing else over the network."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from tests.certificates import Authority
from tests.free_port import free_port

_START_SECONDS = 60.0
_UNPRIVILEGED = "postgres"
"""PostgreSQL refuses to run as root."""

NO_POSTGRES = "PostgreSQL's programs are missing: tests of its TLS are skipped. Debian: apt-get install postgresql"


def find_programs() -> Path | None:
    """Return the folder of initdb and postgres, the newest version first, or None."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    named = shutil.which("initdb")
    return next(
        (one for one in [*folders, *([Path(named).parent] if named else [])] if (one / "initdb").exists()), None
    )


def unprivileged() -> str | None:
    """Return the user for the programs where this process is root, else None for the same user."""
    return _UNPRIVILEGED if os.geteuid() == 0 else None


class PostgresNode:
    """A server on 127.0.0.1 whose certificate names `localhost` only, and which asks for a password over TLS."""

    password = "correct horse"

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="taskdeck-postgres-"))
        self._user = unprivileged()
        self.port = free_port()
        self.authority = Authority(self._folder / "certificates")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Make its data and start it; returns when it accepts connections."""
        served = self.authority.issue("localhost")
        password = self._folder / "password"
        password.write_text(self.password + "\n")
        if self._user is not None:
            for path in (self._folder, *self._folder.rglob("*")):
                shutil.chown(path, self._user, self._user)
        data = self._folder / "data"
        self._run("initdb", "-D", str(data), "-U", "owner", "--auth=scram-sha-256", f"--pwfile={password}", "--no-sync")
        (data / "pg_hba.conf").write_text("local all all scram-sha-256\nhostssl all all 127.0.0.1/32 scram-sha-256\n")
        settings = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self._folder),
            "ssl": "on",
            "ssl_cert_file": str(served.certificate),
            "ssl_key_file": str(served.key),
            "ssl_ca_file": str(self.authority.file),
            "fsync": "off",
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [str(self._programs / "postgres"), "-D", str(data), *options],
                user=self._user,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            ready = [str(self._programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
            if subprocess.run(ready, check=False).returncode == 0:
                return
            if self._process.poll() is not None:
                break
            time.sleep(0.1)
        raise RuntimeError(f"PostgreSQL did not start: {(self._folder / 'log').read_text()}")

    def url(self, *, host: str = "localhost", **parameters: str) -> str:
        """Return the URL of its database with parameters of libpq."""
        query = "&".join(f"{name}={value}" for name, value in parameters.items())
        return f"postgresql://owner:{self.password.replace(' ', '%20')}@{host}:{self.port}/postgres?{query}"

    def remove(self) -> None:
        """Stop it and delete its data."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(timeout=_START_SECONDS)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        subprocess.run(command, user=self._user, check=True, capture_output=True, stdin=subprocess.DEVNULL)
