"""A worker of root runs commands as another user, who gets nothing of root's."""

import os
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from shared.models.run import Run
from tests.backend.cli.test_systemd_units import capabilities
from tests.conftest import Databases
from tests.processes import alive, unique_sleep
from tests.system import System, open_system
from tests.worker_process import WorkerProcess

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="only root can run commands as another user"
)

CONFIG = """
[commands]
run_as = "nobody"

[allow]
executors = ["shell"]
folders = ["jobs"]
run_as = ["daemon"]

[limits]
timeout_seconds = 5
processes = 60
"""
SECRET = "of-the-worker-alone"


def as_under_systemd() -> list[str]:
    """Return what a command line begins with to have no more rights than the unit for workers leaves."""
    setpriv = shutil.which("setpriv")
    assert setpriv is not None
    kept = ",".join(f"+{name}" for name in capabilities())
    return [setpriv, f"--bounding-set=-all,{kept}", "--no-new-privs", "--"]


@pytest.fixture(params=["root", "systemd"])
async def system(
    databases: Databases, rabbit_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[System]:
    """A backend, and a worker with the configuration: with all rights of root, or those of the unit for systemd."""
    prefix = as_under_systemd() if request.param == "systemd" else []
    config = tmp_path / "worker.toml"
    config.write_text(CONFIG)
    url = await databases.create()
    try:
        async with open_system(url, rabbit_url, tmp_path) as opened:
            environment = {"TASKDECK_SECRET_API": SECRET}
            arguments = ["--config", str(config)]
            with WorkerProcess(tmp_path, rabbit_url, environment=environment, arguments=arguments, prefix=prefix):
                await opened.until_workers(1)
                yield opened
    finally:
        await databases.drop(url)


async def run(system: System, name: str, command: str, **fields: object) -> Run:
    return await system.run(name, command=command, folder="jobs", **fields)


async def test_commands_have_the_rights_of_their_user_alone(system: System, tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.write_text(SECRET)
    private.chmod(0o600)
    setuid = Path("/usr/local/bin") / f"taskdeck-test-{os.getpid()}"
    shutil.copy("/usr/bin/id", setuid)
    setuid.chmod(0o4755)
    try:
        who = await run(system, "who", 'id -un; id -u; id -gn; echo "$USER $LOGNAME $HOME"; pwd; umask')
        assert (who.stdout_tail or "").split("\n")[:5] == [
            "nobody",
            "65534",
            "nogroup",
            "nobody nobody /nonexistent",
            "/",
        ]
        groups = await run(system, "groups", "grep -E 'Groups|CapEff|NoNewPrivs' /proc/self/status")
        assert (groups.stdout_tail or "").split() == ["Groups:", "65534", "CapEff:", "0" * 16, "NoNewPrivs:", "1"]
        for name, attack in {
            "file": f"cat {private}",
            "shadow": "cat /etc/shadow",
            "environ": "cat /proc/$PPID/environ",
            "memory": "dd if=/proc/$PPID/mem bs=1 count=1",
            "descriptors": "ls /proc/$PPID/fd/",
            "signal": "kill -0 $PPID",
            "spool": f"ls {tmp_path}/spool",
            "attempts": 'ls "$(dirname "$(dirname "$TASKDECK_OUTPUT")")"',
            "other user": "su root -c id",
        }.items():
            got = await run(system, name, attack)
            assert (got.status, got.stdout_tail or "") == ("failed", ""), name
            assert any(word in (got.stderr_tail or "").lower() for word in ("denied", "not permitted", "fail")), name
        assert (await run(system, "setuid", f"{setuid} -u")).stdout_tail == "65534\n"
        assert (await run(system, "secret", "echo $A", environment={"A": "${secret:API}"})).stdout_tail == "***\n"
    finally:
        setuid.unlink()


async def test_files_go_to_the_user_and_back(system: System) -> None:
    both = await run(
        system,
        "both",
        '#!/bin/sh\nset -e\ncd "$TMPDIR"; touch mine\necho 10 >"$TASKDECK_PROGRESS"\n'
        'echo \'{"a": 1}\' >"$TASKDECK_OUTPUT"\n'
        'stat -c "%U %a" . "$TASKDECK_OUTPUT" "$0"; echo $TMPDIR; mkdir -p deep/er; touch deep/er/file\n',
    )
    lines = (both.stdout_tail or "").splitlines()
    assert (both.status, both.output, lines[:3]) == ("succeeded", {"a": 1}, ["nobody 700", "nobody 644", "nobody 644"])
    assert not Path(lines[3]).exists()
    link = await run(system, "link", 'ln -s /etc/shadow "$TASKDECK_OUTPUT"')
    assert (link.output, link.error) == (None, "the output is not a regular file, and was not kept")
    tasks = {"up": 'echo \'{"x": "y"}\' >"$TASKDECK_OUTPUT"', "down": 'cat "$TASKDECK_UPSTREAMS"'}
    up = await system.create("up", command=tasks["up"], folder="jobs")
    down = await system.create("down", command=tasks["down"], folder="jobs", depends_on=[{"task_id": up}])
    await system.finished((await system.client.trigger_task(up)).id)
    runs = await system.until_events(lambda: system.client.list_runs(task_id=down), lambda page: bool(page.data))
    assert '"x": "y"' in ((await system.finished(runs.data[0].id)).stdout_tail or "")


async def test_what_the_owner_forbids_is_refused_and_what_is_limited_ends(system: System) -> None:
    outside = await system.run("outside", command="id")
    assert outside.error == (
        "worker w1 does not run this: the task's folder (none) is not in [allow] folders (jobs). Change the task, "
        "choose another worker by its labels, or ask the owner of this one to permit it"
    )
    mark = unique_sleep()
    bomb = await run(system, "bomb", f"for i in $(seq 100); do sleep {mark} & done; wait")
    assert bomb.status == "failed"
    assert "fork" in (bomb.stderr_tail or "").lower()
    assert not alive(mark)
    late = await run(system, "late", f"setsid sleep {mark} & sleep {mark}", timeout_seconds=300)
    assert (late.status, late.error) == ("timed_out", "timed out after 5 s")
    assert "taskdeck: this worker limits the run time to 5 s" in (late.stderr_tail or "")
    assert not alive(mark)


async def unschedulable(system: System, name: str, **fields: object) -> dict[str, Any]:
    """Return why a run waits that no worker's owner permits; the run is cancelled."""
    task = await system.create(name, folder="jobs", **fields)
    run = await system.client.trigger_task(task)
    waiting = (await system.http.get(f"/api/runs/{run.id}")).json()["data"]["waiting"]
    await system.client.cancel_run(run.id)
    return {**waiting["unschedulable"], "text": waiting["text"]}


async def test_a_task_names_its_user_if_the_owner_permits_it(system: System) -> None:
    for user, found in {"daemon": "daemon", "nobody": "nobody", "": "nobody"}.items():
        got = await run(system, f"as {user}", 'id -un; echo "$USER"; touch "$TMPDIR/mine"', run_as=user)
        assert (got.status, got.stdout_tail) == ("succeeded", f"{found}\n{found}\n"), got.error
    why = await unschedulable(system, "as root", command="id", run_as="root")
    assert (why["cause"], why["run_as"]) == ("run_as", "root")
    assert why["text"] == (
        "unschedulable: no online worker that would accept it lets tasks run as root: its owner must name the user in "
        "[allow] run_as of its configuration"
    )
    why = await unschedulable(system, "http", executor="http", command='{"url": "http://127.0.0.1:9/"}')
    assert (why["cause"], why["executor"]) == ("executor", "http")
    why = await unschedulable(system, "other type", executor="noop", task_type="shell")
    assert (why["cause"], why["executor"]) == ("executor", "noop")


async def test_the_rules_are_shown(system: System) -> None:
    rules = (await system.http.get("/api/workers/w1")).json()["data"]["rules"]
    assert (rules["executors"], rules["run_as"], rules["users"]) == (["shell"], "nobody", ["daemon"])
    assert (rules["folders"], rules["commands"], rules["secrets"]) == (["jobs"], None, {"API": ["/"]})
    assert (rules["timeout_seconds"], rules["processes"], rules["memory_mb"]) == (5, 60, None)
    assert SECRET not in str(rules)
    assert (await system.http.get("/api/workers")).json()["data"][0]["rules"] is None
    saved = await system.http.post(
        "/api/tasks", json={"name": "x", "executor": "http", "command": '{"url": "http://a/"}', "run_as": "daemon"}
    )
    assert "run_as: has no meaning for the executor http" in saved.json()["detail"]
