"""A private RabbitMQ node for tests, with its own name, ports and data."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.free_port import free_port

SERVER_PATHS = ("/usr/lib/rabbitmq/bin/rabbitmq-server", "/usr/sbin/rabbitmq-server")
_START_SECONDS = 60.0

NO_RABBIT = (
    "RabbitMQ IS MISSING: tests over it are skipped. Install it (Debian: apt-get install rabbitmq-server) "
    "or name one in TASKDECK_TEST_BROKER_URL."
)


def find_server() -> str | None:
    """Return the path of rabbitmq-server, or None."""
    for path in SERVER_PATHS:
        if Path(path).exists():
            return path
    return shutil.which("rabbitmq-server")


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """The files with which a node proves itself and verifies its clients."""

    authority: Path
    certificate: Path
    key: Path

    def config(self) -> str:
        """Return the lines of rabbitmq.conf."""
        return (
            "listeners.tcp = none\n"
            f"ssl_options.cacertfile = {self.authority}\nssl_options.certfile = {self.certificate}\n"
            f"ssl_options.keyfile = {self.key}\nssl_options.verify = verify_peer\n"
            "ssl_options.fail_if_no_peer_cert = true\n"
        )


@dataclass(frozen=True, slots=True)
class NameServer:
    """What the members of a cluster share: the port of Erlang's name server, and the home with their cookie."""

    home: Path
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        cookie = self.home / ".erlang.cookie"
        cookie.write_text("COOKIEOFACLUSTER")
        cookie.chmod(0o400)


class RabbitNode:
    """Starts a node, and can stop it, kill it and start it again on the same data."""

    def __init__(self, server: str, *, tls: TlsFiles | None = None, names: NameServer | None = None) -> None:
        """With `tls` it listens for amqps only, and asks each client for a certificate of the same authority.

        Nodes that share `names` can be members of one cluster.
        """
        self.server = server
        self._folder = Path(tempfile.mkdtemp(prefix="taskdeck-rabbit-"))
        self.port = free_port()
        self.name = f"taskdeck{self.port}@localhost"
        self._process: subprocess.Popen[bytes] | None = None
        config = self._folder / "rabbitmq.conf"
        kind = "tcp" if tls is None else "ssl"
        config.write_text(
            f"listeners.{kind}.1 = 127.0.0.1:{self.port}\nlog.console = false\nlog.file.level = warning\n"
            + ("" if tls is None else tls.config())
        )
        self._is_plain = tls is None
        (self._folder / "enabled_plugins").write_text("[].\n")
        self.environment = os.environ | {
            "HOME": str(self._folder if names is None else names.home),
            "RABBITMQ_NODENAME": self.name,
            "RABBITMQ_CONFIG_FILE": str(config),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self._folder / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(self._folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self._folder / "log"),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "ERL_EPMD_PORT": str(free_port() if names is None else names.port),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_CRASH_DUMP": str(self._folder / "crash"),
        }

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}/"

    def control(self, *arguments: str, said: str = "") -> str:
        """Run rabbitmqctl on the node, with this on its standard input; return its output."""
        done = subprocess.run(
            [str(Path(self.server).with_name("rabbitmqctl")), "-n", self.name, *arguments],
            env=self.environment,
            input=said,
            capture_output=True,
            text=True,
            timeout=60,
        )
        if done.returncode:
            raise RuntimeError(f"rabbitmqctl {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout

    def start(self) -> None:
        """Start the node and return when it accepts connections."""
        self._process = subprocess.Popen(
            [self.server],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError(f"RabbitMQ ended at its start; see {self._folder}/log")
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1) as probe:
                    if not self._is_plain:
                        return
                    probe.sendall(b"AMQP\x00\x00\x09\x01")
                    if probe.recv(1):
                        return
            except OSError:
                time.sleep(0.2)
        raise RuntimeError(f"RabbitMQ did not start in {_START_SECONDS:g} s; see {self._folder}/log")

    def add_settings(self, lines: str) -> None:
        """Add lines to rabbitmq.conf before the first start."""
        with (self._folder / "rabbitmq.conf").open("a") as config:
            config.write(lines)

    def kill(self) -> None:
        """Kill the node as a crash of its machine would."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def stop(self) -> None:
        """Stop the node; its data is kept for another start."""
        if self._process is None:
            return
        os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None

    def remove(self) -> None:
        """Stop the node and the name server that it started, and delete its data."""
        self.stop()
        subprocess.run(
            ["epmd", "-port", self.environment["ERL_EPMD_PORT"], "-kill"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        shutil.rmtree(self._folder, ignore_errors=True)
