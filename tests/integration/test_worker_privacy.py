"""A command tries to read what its worker knows: by its environment, memory, descriptors, and as a debugger.

The worker has the rights of an ordinary user. Each attack succeeds against a process that does not protect itself.
"""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from backend.broker.keys import new_secret_text
from shared.models.run import Run
from tests.conftest import Databases
from tests.local_process import LocalProcess
from tests.system import System, open_system
from tests.worker_process import WorkerProcess, without_privileges

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="attacks by /proc and ptrace of Linux")

SECRET = "only-the-worker-knows-this"
KEY = "and-this-is-how-it-is-trusted"
_SCAN = """
import os, sys
worker, wanted = os.getppid(), [word[::-1].encode() for word in sys.argv[1:]]
with open(f"/proc/{worker}/mem", "rb", 0) as memory:
    for line in open(f"/proc/{worker}/maps"):
        begin, end = (int(part, 16) for part in line.split()[0].split("-"))
        if line.split()[1].startswith("rw") and end < 2**63:
            try:
                memory.seek(begin)
                data = memory.read(end - begin)
            except OSError:
                continue
            print(*[word.decode() for word in wanted if word in data])
"""
_PTRACE = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
if libc.ptrace(16, os.getppid(), 0, 0) == 0:
    print(*[word[::-1] for word in sys.argv[1:]])
    os.waitpid(os.getppid(), 0x40000000)
    libc.ptrace(17, os.getppid(), 0, 0)
"""
_VM_READ = """
import ctypes, os, sys
class Part(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]
fields = open(f"/proc/{os.getppid()}/stat").read().rpartition(")")[2].split()
begin, end = int(fields[47]), int(fields[48])
text = ctypes.create_string_buffer(max(1, end - begin))
here, there = Part(ctypes.addressof(text), len(text)), Part(begin, len(text))
libc = ctypes.CDLL(None)
if libc.process_vm_readv(os.getppid(), ctypes.byref(here), 1, ctypes.byref(there), 1, 0) > 0:
    print(text.raw.replace(b"\\0", b" ").decode(errors="replace"))
"""


def attacks(folder: Path, key: str = KEY) -> dict[str, str]:
    """Return commands that print the secrets if they succeed. They contain them backwards, to recognise them."""
    hints = f"{SECRET[::-1]} {key[::-1]}"
    for name, text in (("scan", _SCAN), ("ptrace", _PTRACE), ("vm_read", _VM_READ)):
        (folder / f"{name}.py").write_text(text)
    python = f"exec {sys.executable} {folder}"
    return {
        "environment": "tr '\\0' '\\n' </proc/$PPID/environ",
        "descriptors": "for one in /proc/$PPID/fd/* /proc/$PPID/cwd; do readlink $one; done",
        "memory": f"{python}/scan.py {hints}",
        "debugger": f"{python}/ptrace.py {hints}",
        "memory by system call": f"{python}/vm_read.py",
    }


def seen(output: str, key: str = KEY) -> set[str]:
    return {word for word in (SECRET, key) if word in output}


def test_each_attack_succeeds_against_a_process_that_does_not_protect_itself(tmp_path: Path) -> None:
    victim = (
        "import os, subprocess, sys; kept = dict(os.environ); subprocess.run(['/bin/sh', '-c', sys.argv[1]], env={})"
    )
    for name, attack in attacks(tmp_path).items():
        made = subprocess.run(
            [*without_privileges(), sys.executable, "-c", victim, attack],
            env={"PATH": os.environ["PATH"], "X": SECRET, "Y": KEY},
            capture_output=True,
            text=True,
            check=False,
        )
        if name == "descriptors":
            assert "pipe:" in made.stdout
        else:
            assert seen(made.stdout) == {SECRET, KEY}, (name, made.stderr)


async def test_no_command_reads_what_its_worker_knows(databases: Databases, rabbit_url: str, tmp_path: Path) -> None:
    url = await databases.create()
    try:
        async with open_system(url, rabbit_url, tmp_path, signing_key=new_secret_text()) as system:
            key = (await system.enroll("w1")).text()
            (tmp_path / "key").write_text(f"{key}\n")
            (tmp_path / "key").chmod(0o600)
            environment = {"TASKDECK_SECRET_API": SECRET, "TASKDECK_WORKER_KEY_FILE": str(tmp_path / "key")}
            with WorkerProcess(tmp_path, rabbit_url, environment=environment, prefix=without_privileges()) as worker:
                await system.until_workers(1)
                used = await system.run("used", command='test -n "$API"', environment={"API": "${secret:API}"})
                assert used.status == "succeeded", (used.error, worker.log)
                got = await _results(system, attacks(tmp_path, key))
                block = Path(f"/proc/{worker.process.pid}/environ")
                assert os.geteuid() != 0 or block.read_bytes().strip(b"\0") == b"", "not even the superuser finds it"
                listed = await system.run("fds", command="ls /proc/self/fd")
        for name, run in got.items():
            assert seen(f"{run.stdout_tail}{run.stderr_tail}", key) == set(), name
        assert {name: run.stdout_tail or "" for name, run in got.items()} == dict.fromkeys(got, "")
        assert (listed.stdout_tail or "").split() == ["0", "1", "2", "3"], "3 is that of ls itself"
    finally:
        await databases.drop(url)


async def _results(system: System, commands: dict[str, str]) -> dict[str, Run]:
    runs = await asyncio.gather(*(system.run(name, command=command) for name, command in commands.items()))
    return dict(zip(commands, runs, strict=True))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root reads the environment of such a process")
def test_a_local_backend_passes_no_secret_on(session_folder: Path) -> None:
    """Neither its own block nor that of the database's processes, which it starts, contains one."""
    environment = {"TASKDECK_SECRET_API": SECRET, "TASKDECK_SMTP_URL": f"smtp://user:{KEY}@127.0.0.1:9"}
    backend = LocalProcess(session_folder / "private", environment=environment)
    backend.start()
    try:
        postmaster = (session_folder / "private" / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0]
        started = psutil.Process(int(postmaster))
        pids = [backend.process.pid, started.pid, *(child.pid for child in started.children())]
        assert len(pids) > 3
        for pid in pids:
            assert seen(Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace")) == set()
    finally:
        assert backend.stop() == 0
