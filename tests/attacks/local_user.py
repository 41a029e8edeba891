"""Another user of the machine, and clients that connect to it, against `taskdeck up`."""

import asyncio
import json
import os
import shutil
import stat
import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from tests.attacks.servers import Servers
from tests.attacks.table import Actor, Attacks, NotPossibleHereError
from tests.attacks.target import refused
from tests.local_process import LocalProcess

LOCAL_USER = Attacks["Local"]()
_NOBODY = 65534
_CONNECTIONS = 850
"""More than a backend admits."""


@dataclass(frozen=True, slots=True)
class Local:
    """A local backend, and what another user can do."""

    process: LocalProcess

    @property
    def folder(self) -> Path:
        return self.process.data_dir

    def as_another_user(self, *command: str) -> "subprocess.CompletedProcess[str]":
        """Run a command as a user without any rights; only the superuser can do that."""
        if os.geteuid() != 0:
            raise NotPossibleHereError("only root can run a command as another user")
        return subprocess.run(
            command,
            user=_NOBODY,
            group=_NOBODY,
            extra_groups=[],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
            cwd="/",
        )


@asynccontextmanager
async def local(servers: Servers) -> AsyncIterator[Local]:
    yield Local(servers.local_backend())


@LOCAL_USER.attack(
    Actor.LOCAL_USER,
    "reads backend.json, the key of secrets, the log and the database's files",
    gets="Permission denied",
)
async def files(target: Local) -> None:
    public = {"port", "examples-added"}
    paths = [path for path in target.folder.rglob("*") if path.is_file() and path.name not in public]
    assert any(path.name == "backend.json" for path in paths)
    open_to_others = [one for one in paths if one.stat().st_mode & 0o077 and _reachable(one, target.folder)]
    assert open_to_others == [], open_to_others
    said = target.as_another_user("cat", *(str(path) for path in paths[:200]))
    assert said.stdout == "", said.stdout


def _reachable(path: Path, above: Path) -> bool:
    """Whether other users may enter every folder on the way to a file."""
    folders = [one for one in path.parents if one == above or above in one.parents]
    return all(one.stat().st_mode & 0o011 for one in folders)


@LOCAL_USER.attack(Actor.LOCAL_USER, "lists and writes the data directory", gets="Permission denied")
async def folder(target: Local) -> None:
    assert stat.S_IMODE(target.folder.stat().st_mode) & 0o066 == 0
    listed = target.as_another_user("ls", str(target.folder))
    assert listed.returncode != 0
    written = target.as_another_user(
        "touch", str(target.folder / "written"), str(target.folder / "postgres" / "written")
    )
    assert written.returncode != 0
    assert not list(target.folder.rglob("written"))


@LOCAL_USER.attack(Actor.LOCAL_USER, "connects to the socket of the database", gets="Permission denied")
async def database_socket(target: Local) -> None:
    sockets = [path for path in target.folder.rglob(".s.PGSQL.*") if stat.S_ISSOCK(path.stat().st_mode)]
    assert sockets
    perl = shutil.which("perl")
    if perl is None:
        raise NotPossibleHereError("perl, which any user can run, is not installed")
    connect = 'use IO::Socket::UNIX; print IO::Socket::UNIX->new(Peer => shift) ? "connected" : "refused: $!"'
    for path in sockets:
        said = target.as_another_user(perl, "-e", connect, str(path))
        assert said.stdout == "refused: Permission denied", said


@LOCAL_USER.attack(
    Actor.LOCAL_USER,
    "connects to the database and to other ports of the backend over TCP",
    gets="no port but that of the API",
)
async def ports(target: Local) -> None:
    backend = psutil.Process(target.process.process.pid)
    listening = {
        (one.laddr.ip, one.laddr.port)
        for process in (backend, *backend.children(recursive=True))
        for one in process.net_connections(kind="tcp")
        if one.status == psutil.CONN_LISTEN
    }
    port = httpx.URL(target.process.address.url).port
    assert listening == {("127.0.0.1", port)}


@LOCAL_USER.attack(
    Actor.LOCAL_USER, "finds the token in the arguments or the environment of the processes", gets="neither"
)
async def processes(target: Local) -> None:
    token = target.process.address.token
    backend = psutil.Process(target.process.process.pid)
    for process in (backend, *backend.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):  # one that has ended has no arguments
            assert token not in " ".join(process.cmdline())
        with suppress(OSError):
            assert token.encode() not in Path(f"/proc/{process.pid}/environ").read_bytes()
    assert token not in "".join(target.process.lines)


@LOCAL_USER.attack(Actor.LOCAL_USER, "calls the API of the local backend without its token", gets="401")
async def api(target: Local) -> None:
    async with httpx.AsyncClient(base_url=target.process.address.url) as client:
        for path in ("/api/tasks", "/api/users", "/api/system/info", "/api/stream"):
            refused(await client.get(path), 401)
        new = {"setup_token": "", "username": "eve", "password": "a password for tests"}
        refused(await client.post("/api/auth/setup", json=new), 403)
        page = await client.get("/ready")
        assert str(target.folder) not in page.text


@LOCAL_USER.attack(
    Actor.STRANGER,
    f"opens {_CONNECTIONS} connections and says nothing",
    gets="the end of the idlest; others are served",
)
async def idle_connections(target: Local) -> None:
    address = httpx.URL(target.process.address.url)
    headers = {"Authorization": f"Bearer {target.process.address.token}"}
    async with AsyncExitStack() as stack:
        for _ in range(_CONNECTIONS):
            _, writer = await asyncio.open_connection(address.host, address.port)
            stack.push_async_callback(_closed, writer)
        async with httpx.AsyncClient(base_url=str(address), headers=headers, timeout=20) as client:
            answer = await client.get("/api/auth/me")
            assert answer.status_code == 200
            assert json.loads(answer.content)["data"]["username"] == "local"


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()
    with suppress(ConnectionError):
        await writer.wait_closed()
