"""The command line as a script uses it: real processes on a real local backend."""

import asyncio
import json
import os
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from shared.version import VERSION
from tests.conftest import Databases
from tests.local_process import LocalProcess

SECONDS = 60


class CommandLine:
    """Runs `taskdeck` with an environment of its own."""

    def __init__(self, home: Path, variables: Mapping[str, str]) -> None:
        self.home = home
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("TASKDECK_", "XDG_"))
        }
        self.environment |= {"HOME": str(home), "XDG_CONFIG_HOME": str(home / "config"), **variables}

    def __call__(
        self, *arguments: str, code: int = 0, text: str | None = None, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "backend", *arguments],
            capture_output=True,
            text=True,
            input=text,
            stdin=subprocess.DEVNULL if text is None else None,
            timeout=SECONDS,
            env={**self.environment, **variables},
            check=False,
        )
        assert done.returncode == code, f"{done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        return done

    def json(self, *arguments: str, code: int = 0) -> Any:
        return json.loads(self(*arguments, "--json", code=code).stdout)


@pytest.fixture
def taskdeck(local_backend: LocalProcess, tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path, {"TASKDECK_DATA_DIR": str(local_backend.data_dir)})


@pytest.fixture
def elsewhere(tmp_path: Path) -> CommandLine:
    """A machine where no backend runs."""
    return CommandLine(tmp_path, {"TASKDECK_DATA_DIR": str(tmp_path / "none")})


def test_version(elsewhere: CommandLine) -> None:
    assert elsewhere("version").stdout.strip() == VERSION


@pytest.mark.parametrize("arguments", [("task", "list"), ("task", "list", "--json"), ("version",)])
def test_a_reader_that_leaves_early_is_no_failure(taskdeck: CommandLine, arguments: tuple[str, ...]) -> None:
    taskdeck("task", "create", f"read-{len(arguments)}", "-c", "true")
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "backend", *arguments]
    done = subprocess.run(
        command, stdout=writer, stderr=subprocess.PIPE, env=taskdeck.environment, timeout=SECONDS, check=False
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


def test_it_finds_the_local_backend_by_itself(taskdeck: CommandLine) -> None:
    listed = taskdeck("task", "list").stdout
    assert "disk-usage-home" in listed
    assert {"name", "schedule", "next_run_at"} <= set(taskdeck.json("task", "list")[0])


def test_a_task_is_created_shown_changed_run_and_deleted(taskdeck: CommandLine) -> None:
    made = taskdeck.json(
        "task", "create", "cli-task", "-c", 'echo "out $1 $A"; echo bad >&2; exit 3', "--arg", "two words",
        "--env", "A=b=c", "--label", "team=ops", "--schedule", "0 3 * * *", "--timezone", "Asia/Shanghai",
        "--set", "max_concurrency=2",
    )  # fmt: skip
    assert (made["environment"], made["max_concurrency"], made["arguments"]) == ({"A": "b=c"}, 2, ["two words"])
    shown = taskdeck("task", "show", "cli-task").stdout
    assert "0 3 * * * (Asia/Shanghai)" in shown
    assert taskdeck.json("task", "edit", "cli-task", "--priority", "high")["version"] == 2
    assert taskdeck.json("task", "pause", "cli-task")[0]["status"] == "paused"
    assert taskdeck.json("task", "resume", "cli-task")[0]["status"] == "active"
    ended = taskdeck("task", "trigger", "cli-task", "--wait", code=1)
    assert ended.stdout == "out two words b=c\n"
    assert "bad" in ended.stderr
    assert "exit code 3" in ended.stderr
    run_id = str(taskdeck.json("run", "list", "--task", "cli-task")[0]["id"])
    assert taskdeck("run", "logs", run_id).stdout == "out two words b=c\n"
    assert taskdeck("run", "logs", run_id, "--stream", "stderr").stderr == "bad\n"
    assert "exit code 3" in taskdeck("run", "show", run_id).stdout
    again = taskdeck.json("run", "retry", run_id)[0]
    assert again["parent_run_id"] == int(run_id)
    taskdeck("run", "logs", "-f", str(again["id"]))
    taskdeck("task", "delete", "cli-task", "--yes")
    assert "Task 'cli-task' does not exist." in taskdeck("task", "show", "cli-task", code=3).stderr


def test_many_tasks_and_runs_are_changed_by_their_filter(taskdeck: CommandLine) -> None:
    for number in range(3):
        taskdeck(
            "task", "create", f"many-{number}", "-c", "sleep 600", "--folder", "many", "--set", "worker_labels={a: b}"
        )
    assert taskdeck("task", "pause", "--folder", "many", "--dry-run").stdout == "3 tasks would be paused.\n"
    assert taskdeck("task", "pause", "many-1").stdout.startswith("Paused many-1")
    paused = taskdeck("task", "pause", "--folder", "many")
    assert paused.stdout == "2 tasks paused.\n"
    assert paused.stderr.startswith("Not changed: 1 task already paused: many-1 (")
    assert taskdeck.json("task", "resume", "--search", "many-", "--status", "paused")["changed"] == 3
    taskdeck("task", "label", "many-0", "many-1", "--add", "tier=1", "--add", "team=ops")
    assert taskdeck("task", "label", "--label", "tier:1", "--remove", "tier").stdout == "2 tasks labelled.\n"
    assert taskdeck("task", "move", "--label", "team:ops", "--to", "moved/below").stdout == "2 tasks moved.\n"
    assert [task["name"] for task in taskdeck.json("task", "list", "--folder", "moved")] == ["many-0", "many-1"]
    assert taskdeck("task", "trigger", "--search", "many-", "--priority", "high").stdout == "3 tasks triggered.\n"
    runs = [run["id"] for run in taskdeck.json("run", "list", "--status", "pending")]
    asked = taskdeck("run", "cancel", "--search", "many-", code=2).stderr
    assert "Cancel 3 runs?" in asked
    assert taskdeck("run", "cancel", "--task", "many-2", "--yes").stdout == "1 run cancelled.\n"
    cancelled = taskdeck("run", "cancel", "--search", "many-", "--yes")
    assert cancelled.stdout == "2 runs cancelled.\n"
    assert cancelled.stderr.startswith("Not changed: 1 run already ended: many-")
    again = taskdeck.json("run", "retry", "--search", "many-", "--status", "cancelled")
    assert (again["ids"], len(again["run_ids"])) == (sorted(runs), 3)
    assert "Delete 3 tasks with all runs?" in taskdeck("task", "delete", "--search", "many-", code=2).stderr
    assert taskdeck("task", "delete", "--search", "many-", "--yes").stdout == "3 tasks deleted.\n"
    assert "not both" in taskdeck("task", "pause", "x", "--folder", "many", code=2).stderr
    assert "name tasks" in taskdeck("task", "pause", code=2).stderr
    assert "name runs" in taskdeck("run", "cancel", code=2).stderr
    assert taskdeck("run", "cancel", "999999", "--dry-run", code=1).stderr == "Not changed: 1 run not found: 999999\n"


def test_a_task_changes_in_the_editor(taskdeck: CommandLine, tmp_path: Path) -> None:
    taskdeck("task", "create", "edited-by-hand", "-c", "true")
    editor = tmp_path / "editor.sh"
    editor.write_text("#!/bin/sh\nsed -i 's/^priority: .*/priority: low/' \"$1\"\n")
    editor.chmod(0o755)
    done = taskdeck("task", "edit", "edited-by-hand", "--json", EDITOR=str(editor))
    assert json.loads(done.stdout)["priority"] == "low"


def test_a_run_is_cancelled(taskdeck: CommandLine) -> None:
    taskdeck("task", "create", "sleeper", "-c", "sleep 600")
    run = taskdeck.json("task", "trigger", "sleeper")
    taskdeck("run", "cancel", str(run["id"]))
    taskdeck("run", "logs", "-f", str(run["id"]))
    assert taskdeck.json("run", "show", str(run["id"]))["status"] == "cancelled"


def test_workers_are_listed_drained_and_resumed(taskdeck: CommandLine) -> None:
    worker = taskdeck.json("worker", "list")[0]
    assert taskdeck.json("worker", "drain", worker["id"])[0]["status"] == "draining"
    assert taskdeck.json("worker", "resume", worker["id"])[0]["status"] == "online"
    assert worker["id"] in taskdeck("worker", "list").stdout
    assert "taskdeck" in taskdeck("worker", "delete", worker["id"], "--yes", code=1).stderr


TASKS = """
tasks:
  - {name: applied-second, executor: shell, command: echo 2, depends_on: [{task: applied-first}]}
  - {name: applied-first, executor: shell, command: echo 1, labels: {from: file}}
"""


def test_applying_a_file_twice_changes_nothing_the_second_time(taskdeck: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "tasks.yaml"
    file.write_text(TASKS)

    def actions(*options: str) -> dict[str, str]:
        return {one["name"]: one["action"] for one in taskdeck.json("apply", "-f", str(file), *options)}

    assert actions("--dry-run") == {"applied-first": "created", "applied-second": "created"}
    taskdeck("task", "show", "applied-first", code=3)
    assert actions() == {"applied-first": "created", "applied-second": "created"}
    assert actions() == {"applied-first": "unchanged", "applied-second": "unchanged"}
    file.write_text(TASKS.replace("echo 1", "echo one"))
    assert actions() == {"applied-first": "changed", "applied-second": "unchanged"}
    assert taskdeck.json("task", "show", "applied-first")["command"] == "echo one"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("tasks: [", "-:1:9: this is not YAML"),
        ("jobs: []", "jobs: is not known"),
        ("tasks: {}", "must be a list"),
        ("tasks: [{executor: shell}]", "task 1 has no name"),
        ("tasks: [{name: x, executor: shell, depends_on: [{task: nowhere}]}]", "'nowhere' does not exist"),
        ("tasks: [{name: x, executor: shell, shedule: '* * * * *'}]", "shedule"),
        (
            "tasks:\n- name: fine\n  executor: noop\n- name: x\n  executor: noop\n  schedule: 61 * * * *",
            "-:6:3: x: sched",
        ),
        ("tasks:\n- name: x\n  executor: noop\n  timezone: UTC\n  timezone: Mars", "'timezone' is given twice"),
    ],
)
def test_an_invalid_file_is_rejected_with_the_place_of_the_error(taskdeck: CommandLine, text: str, says: str) -> None:
    assert says in taskdeck("apply", "-f", "-", text=text, code=2).stderr
    taskdeck("task", "show", "fine", code=3)


def test_every_invalid_value_is_listed(taskdeck: CommandLine) -> None:
    said = taskdeck("task", "create", "wrong", "--schedule", "61 * * * *", "--timeout", "-5", code=2).stderr
    assert "minute: 61 is not valid" in said
    assert "timeout_seconds" in said


def test_creating_a_task_with_an_existing_name_fails(taskdeck: CommandLine) -> None:
    assert "disk-usage-home" in taskdeck("task", "create", "disk-usage-home", "-c", "true", code=1).stderr


def test_deleting_without_a_terminal_requires_yes(taskdeck: CommandLine) -> None:
    assert "--yes" in taskdeck("task", "delete", "disk-usage-home", code=2).stderr
    taskdeck("task", "show", "disk-usage-home")


def test_the_exit_code_of_a_missing_object_is_3(taskdeck: CommandLine) -> None:
    taskdeck("run", "show", "999999999", code=3)
    taskdeck("run", "logs", "999999999", code=3)
    taskdeck("worker", "drain", "nobody", code=3)
    taskdeck("task", "show", "999999999", code=3)


def test_the_exit_code_without_a_backend_is_4_and_the_error_names_the_next_step(elsewhere: CommandLine) -> None:
    assert "taskdeck up" in elsewhere("task", "list", code=4).stderr
    said = elsewhere("task", "list", code=4, TASKDECK_URL="http://127.0.0.1:9", TASKDECK_TOKEN="x").stderr
    assert "cannot be reached" in said


def test_the_exit_code_without_a_login_is_5(elsewhere: CommandLine, local_backend: LocalProcess) -> None:
    url = local_backend.address.url
    assert "taskdeck login" in elsewhere("task", "list", code=5, TASKDECK_URL=url).stderr
    elsewhere("task", "list", code=5, TASKDECK_URL=url, TASKDECK_TOKEN="wrong")
    elsewhere("login", url, "-u", "nobody", "--password-stdin", text="wrong\n", code=5)


def test_only_its_owner_can_read_the_stored_login_which_ends_with_a_sign_out(
    elsewhere: CommandLine, local_backend: LocalProcess
) -> None:
    from tests.api_calls import make_user

    url, password = local_backend.address.url, "a long password"
    make_user(url, local_backend.address.token, "cli-operator", password, role="operator")
    assert (
        "cli-operator" in elsewhere("login", url, "-u", "cli-operator", "--password-stdin", text=f"{password}\n").stdout
    )
    kept = elsewhere.home / "config" / "taskdeck" / "login.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert "disk-usage-home" in elsewhere("task", "list").stdout
    token = json.loads(kept.read_text(encoding="utf-8"))["access_token"]
    elsewhere("logout")
    elsewhere("task", "list", code=4)
    elsewhere("task", "list", code=5, TASKDECK_URL=url, TASKDECK_TOKEN=token)


def test_doctor_finds_a_healthy_backend(taskdeck: CommandLine) -> None:
    found = {one["what"]: one["state"] for one in taskdeck.json("doctor")}
    assert found["Local backend"] == found["Backend: database"] == found["Workers"] == "ok"
    assert "Local backend" in taskdeck("doctor").stdout


def test_doctor_reports_problems_with_the_next_step(elsewhere: CommandLine) -> None:
    done = elsewhere(
        "doctor",
        code=1,
        TASKDECK_DATABASE_URL="postgresql://nobody@127.0.0.1:9/none",
        TASKDECK_BROKER_URL="amqp://guest:guest@127.0.0.1:9/",
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("problem")]
    assert any("TASKDECK_DATABASE_URL" in line for line in lines)
    assert any("TASKDECK_BROKER_URL" in line for line in lines)
    assert not any("taskdeck up" in line for line in done.stdout.splitlines()), "a server has no local backend"
    assert any("taskdeck up" in line for line in elsewhere("doctor", code=1).stdout.splitlines())


async def test_doctor_on_a_server_without_a_login_examines_what_its_settings_reach(
    elsewhere: CommandLine, databases: Databases
) -> None:
    url = (await databases.create()).replace("+asyncpg", "")
    try:
        done = await asyncio.to_thread(elsewhere, "doctor", "--json", code=1, TASKDECK_DATABASE_URL=url)
        found = {one["what"]: one for one in json.loads(done.stdout)}
        assert "taskdeck login" in found["Backend"]["detail"]
        assert found["TASKDECK_DATABASE_URL"]["state"] == found["Schema"]["state"] == found["Faults"]["state"] == "ok"
        assert (found["Dispatcher"]["state"], found["Workers"]["state"]) == ("problem", "warning")
        assert "taskdeck serve" in found["Dispatcher"]["detail"]
        assert "taskdeck up" not in done.stdout
    finally:
        await databases.drop(url)


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("TASKDECK_DATABASE_URL", "mysql://x", "must be a PostgreSQL URL"),
        ("TASKDECK_BROKER_URL", "redis://x", "must be a RabbitMQ URL"),
        ("TASKDECK_HEARTBEAT_TIMEOUT_SECONDS", "soon", "TASKDECK_HEARTBEAT_TIMEOUT_SECONDS"),
    ],
)
def test_an_invalid_setting_is_named(elsewhere: CommandLine, variable: str, value: str, says: str) -> None:
    assert says in elsewhere("serve", code=2, **{variable: value}).stderr


def test_serving_without_servers_names_the_missing_settings(elsewhere: CommandLine) -> None:
    assert "TASKDECK_DATABASE_URL" in elsewhere("serve", code=1).stderr
    assert "TASKDECK_BROKER_URL" in elsewhere("worker", code=1).stderr


def test_with_rabbitmq_nothing_starts_without_keys(elsewhere: CommandLine, tmp_path: Path) -> None:
    servers = {
        "TASKDECK_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none",
        "TASKDECK_BROKER_URL": "amqp://guest:guest@127.0.0.1:9/",
        "TASKDECK_WAIT_AT_START_SECONDS": "0",
    }
    said = elsewhere("serve", code=1, **servers).stderr
    assert "taskdeck create-signing-key FILE" in said
    assert "--insecure-broker" in said
    said = elsewhere("worker", "--id", "w7", code=1, **servers).stderr
    assert "taskdeck worker enroll w7 --key-file FILE" in said
    assert "--insecure-broker" in said
    for command in ("serve", "worker"):
        assert "does not answer" in elsewhere(command, "--insecure-broker", code=1, **servers).stderr.replace(
            "cannot be used", "does not answer"
        )
    file = tmp_path / "signing-key"
    assert str(file) in elsewhere("create-signing-key", str(file)).stdout
    assert "exists" in elsewhere("create-signing-key", str(file), code=1).stderr
    said = elsewhere("serve", code=1, TASKDECK_SIGNING_KEY_FILE=str(file), **servers).stderr
    assert "PostgreSQL" in said, "it goes on to the next step"
    said = elsewhere("worker", code=1, TASKDECK_WORKER_KEY_FILE=str(file), **servers).stderr
    assert "holds no key of a worker" in said


def test_the_commands_for_users_of_rabbitmq_are_printed(elsewhere: CommandLine) -> None:
    lines = elsewhere("rabbitmq-users", "w1", "--vhost", "jobs").stdout.splitlines()
    assert r"rabbitmqctl set_permissions -p jobs worker.w1 '^worker\.w1$' '^from-workers$' '^worker\.w1$'" in lines
    assert "rabbitmqctl add_user taskdeck" in lines


def test_a_local_backend_says_that_it_needs_no_keys(taskdeck: CommandLine) -> None:
    assert "TASKDECK_SIGNING_KEY_FILE" in taskdeck("worker", "enroll", "w1", code=1).stderr
    assert "no valid key" in taskdeck("worker", "revoke", "w1", "--yes", code=3).stderr


def test_a_second_backend_on_a_directory_names_the_first(taskdeck: CommandLine, local_backend: LocalProcess) -> None:
    said = taskdeck("up", "--headless", code=1).stderr
    assert local_backend.address.url in said


def test_every_command_has_a_help_text(elsewhere: CommandLine) -> None:
    for command in (
        ["up"], ["serve"], ["migrate"], ["login"], ["logout"], ["apply"], ["doctor"], ["console"], ["worker"],
        ["create-signing-key"], ["rabbitmq-users"],
        *(["worker", one] for one in ("list", "enroll", "revoke", "drain", "resume", "delete")),
        *(["task", one] for one in ("list", "show", "create", "edit", "delete", "trigger", "pause", "resume")),
        ["task", "label"], ["task", "move"],
        *(["run", one] for one in ("list", "show", "logs", "cancel", "retry")),
    ):  # fmt: skip
        assert "Usage" in elsewhere(*command, "--help").stdout


def test_what_is_saved_otherwise_or_runs_each_second_is_said(taskdeck: CommandLine) -> None:
    made = taskdeck("task", "create", " padded ", "--command", "true", "--schedule", "0 3 * * * *", "--folder", "/a/b/")
    assert made.stdout.startswith("Created padded ")
    assert "name ' padded ' was saved as 'padded'" in made.stderr
    assert "folder '/a/b/' was saved as 'a/b'" in made.stderr
    assert "every second" in made.stderr
    assert "every second" in taskdeck("preview", "0 3 * * * *").stderr
    assert taskdeck("task", "edit", "padded", "--schedule", "0 3 * * *").stderr == ""
    taskdeck("task", "delete", "padded", "--yes")


def test_a_file_whose_names_are_padded_is_applied_once(taskdeck: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "tasks.yaml"
    file.write_text("tasks:\n- {name: ' wide ', executor: noop, folder: /x/, schedule: ' 0 3 * * * '}\n")
    assert "created   wide" in taskdeck("apply", "-f", str(file)).stdout
    assert "unchanged wide" in taskdeck("apply", "-f", str(file)).stdout
    taskdeck("task", "delete", "wide", "--yes")
