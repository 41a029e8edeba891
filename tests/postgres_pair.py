"""A primary and a standby of PostgreSQL on this machine, set up as the documentation says."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

import psutil

from tests.free_port import free_port
from tests.postgres_node import unprivileged

PAGE = Path(__file__).parents[1] / "docs" / "operate" / "outgrowing.md"
_SECTION = re.compile(r"^## A standby for reading.*", re.DOTALL | re.MULTILINE)
_COMMAND = re.compile(r"^    ([^ #].*)$", re.MULTILINE)
_PLACE = "/var/lib/postgresql/data"
_SECONDS = 60


class PostgresPair:
    """Two servers on ports of their own; the page's commands make the second one follow the first."""

    def __init__(self, programs: Path) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="taskdeck-pair-"))
        self._user = unprivileged()
        if self._user is not None:
            shutil.chown(self._folder, self._user, self._user)
        self._programs = programs
        self.ports = free_port(), free_port()

    @property
    def url(self) -> str:
        """The URL of the database that names both, of which the one that accepts changes is chosen."""
        first, second = self.ports
        return f"postgresql://owner@127.0.0.1:{first},127.0.0.1:{second}/deck?target_session_attrs=read-write"

    def start(self) -> None:
        """Start the primary, and let the commands of the page add the standby."""
        data = self._folder / "primary"
        self._run(f"initdb -D {data} -U owner --auth=trust --no-sync")
        (data / "postgresql.auto.conf").write_text(self._settings(self.ports[0]))
        self._run(f"pg_ctl -D {data} -w -l {self._folder}/primary.log start")
        self._run("createdb deck")
        commands = self._commands()
        assert "pg_promote" in commands.pop(), "the last command promotes the standby"
        self._run("\n".join(commands))

    def lose_primary(self) -> None:
        """Kill the primary as a crash of its machine would."""
        lines = (self._folder / "primary" / "postmaster.pid").read_text().splitlines()
        postmaster = psutil.Process(int(lines[0]))
        family = [postmaster, *postmaster.children()]
        for process in family:
            with suppress(psutil.NoSuchProcess):  # a child ends by itself once the first has gone
                process.send_signal(signal.SIGKILL)
        psutil.wait_procs(family, timeout=_SECONDS)

    def promote(self) -> None:
        """Promote the standby with the page's last command."""
        self._run(self._commands()[-1], port=self.ports[1])

    def remove(self) -> None:
        """Stop what still runs and delete the data."""
        for name in ("standby", "primary"):
            if (self._folder / name / "postmaster.pid").exists():
                self._run(f"pg_ctl -D {self._folder / name} -m immediate stop || true")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _commands(self) -> list[str]:
        section = _SECTION.search(PAGE.read_text())
        assert section is not None
        standby, (first, second) = str(self._folder / "standby"), self.ports
        settings = self._settings(second).replace("\n", "\\n")
        here = {
            # What a machine of its own would not need: the port, and where the server keeps its socket.
            f"pg_ctl -D {_PLACE} start": f'printf "{settings}" >> ' + f"{standby}/postgresql.auto.conf\n"
            f"pg_ctl -D {standby} -w -l {self._folder}/standby.log start",
            "replica db2 ": "replica 127.0.0.1/32 ",
            "host=db1": f"host=127.0.0.1 port={first}",
            "-h db1": "-h 127.0.0.1",
            "-h db2": "-h 127.0.0.1",
            _PLACE: standby,
        }
        found = _COMMAND.findall(section[0])
        for there, instead in here.items():
            assert any(there in command for command in found), f"the page does not say {there!r}"
            found = [command.replace(there, instead) for command in found]
        return found

    def _settings(self, port: int) -> str:
        settings = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": str(self._folder)}
        return "".join(f"{name} = '{value}'\n" for name, value in settings.items())

    def _run(self, commands: str, *, port: int | None = None) -> None:
        environment = {
            "PATH": f"{self._programs}:{os.environ['PATH']}",
            "PGHOST": "127.0.0.1",
            "PGPORT": str(port or self.ports[0]),
            "PGUSER": "owner",
            "PGDATABASE": "postgres",
        }
        done = subprocess.run(
            ["bash", "-euc", commands],
            env=environment,
            user=self._user,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
        if done.returncode:
            raise RuntimeError(f"{commands}: {done.stdout}{done.stderr}")
