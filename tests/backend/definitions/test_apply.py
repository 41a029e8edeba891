"""Files of definitions: applied all or nothing, pruned within limits, and the same again after an export."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from backend.cli.definition_files import apply_files
from backend.cli.export import read_definitions_of
from shared.client import TaskdeckClient
from shared.definitions.reading import read_definitions
from shared.definitions.writing import write_definitions
from shared.enums import RunStatus
from shared.errors import ConflictError, PreconditionFailedError, ValidationFailedError
from shared.models.definitions import DefinitionAction, DefinitionsResult, PruneFilter, Section
from shared.models.task import TASK_FIELD_NAMES, TaskFields
from tests.conftest import Databases
from tests.system import System, open_system

EVERYTHING = """
calendars:
- name: holidays
  description: Days off
  dates: [2026-12-25, 2027-01-01]
  weekdays: [sunday]
concurrency_groups:
- name: heavy
  max_concurrency: 2
  starts_per_minute: 30
channels:
- name: here
  kind: console
- name: mail
  kind: email
  recipients: [ops@example.org]
- name: chat room
  kind: webhook
  url: ${env:CHAT_URL}
  format: custom
  template: {text: "{{title}}", n: [1, null, true]}
  headers: {Authorization: "Bearer ${env:CHAT_TOKEN}", X-Room: ops}
  enabled: false
rules:
- name: finance fails
  conditions: [failure, slow]
  folder: finance
  labels: {team: billing}
  channels: [here, chat room]
  group_by: task
  remind_after_seconds: 7200
- name: faults
  conditions: [fault]
  channels: [mail]
tasks:
- name: last
  executor: shell
  command: echo last
  depends_on: [{task: first, condition: completion}, {task: whole}]
- name: first
  executor: noop
  schedule: every 1h
  status: paused
- name: whole
  description: "no"
  folder: finance/daily
  executor: shell
  task_type: reports
  command: |
    #!/bin/sh
    echo "$1: $MODE"
  arguments: ["0755", "1:30", "two words"]
  environment: {MODE: "on", TOKEN: "${secret:TOKEN}"}
  working_directory: /tmp
  schedule: 30 2 * * 1-5
  timezone: Europe/Berlin
  jitter_seconds: 60
  misfire_policy: skip
  overlap_policy: allow
  priority: high
  retry_count: 3
  retry_delay_seconds: 5
  retry_backoff: fixed
  retry_max_delay_seconds: 60
  timeout_seconds: 120
  on_worker_lost: fail
  max_concurrency: 2
  depends_on: [{task: first, window: period}]
  worker_labels: {os: linux}
  labels: {team: billing, "no": "yes"}
  starts_at: 2026-01-01T00:00:00Z
  ends_at: 2099-01-01T00:00:00Z
  calendar: holidays
  calendar_policy: next_working_day
  blackouts:
  - {starts_at: 2027-05-01T00:00:00Z, ends_at: 2027-05-02T00:00:00Z}
  - {schedule: 0 1 * * 6, duration_seconds: 3600}
  concurrency_group: heavy
  queue_timeout_seconds: 600
  retry_timeout_seconds: 900
  retry_exit_codes: [1, 75]
  retry_http_statuses: [503]
  retry_on_timeout: false
  pause_after_failures: 5
  distribution: sharded
  shard_count: 3
  expected_duration_seconds: 60
  late_after_seconds: 300
  keep_runs: 100
  keep_days: 30
  max_memory_mb: 512
  max_cpu_seconds: 60
  max_open_files: 256
"""
VARIABLES = {"CHAT_URL": "https://chat.example.org/hook/very-secret", "CHAT_TOKEN": "also-secret"}


async def apply(client: TaskdeckClient, text: str, **options: Any) -> DefinitionsResult:
    variables = options.pop("variables", VARIABLES)
    return await apply_files(client, [read_definitions(text, source="x.yaml")], variables=variables, **options)


async def export(client: TaskdeckClient) -> str:
    found, notes = await read_definitions_of(client, list(Section), folder=None, label=None)
    assert notes == []
    return write_definitions(found)


def actions(result: DefinitionsResult) -> dict[str, str]:
    return {one.name: one.action.value for one in result.definitions}


async def test_an_export_of_everything_applied_to_an_empty_backend_gives_the_same_export(
    system: System, databases: Databases, tmp_path: Path
) -> None:
    done = await apply(system.client, EVERYTHING)
    assert set(actions(done).values()) == {"created"}
    whole = next(task for task in (await system.client.list_tasks()).data if task.name == "whole")
    defaults = {name: field.get_default(call_default_factory=True) for name, field in TaskFields.model_fields.items()}
    same = {name for name in TASK_FIELD_NAMES if getattr(whole, name) == defaults[name]}
    assert same <= {"name", "executor", "status", "run_as"}, "a field of a task that this test does not cover"
    written = await export(system.client)
    assert "secret}" not in written.replace("${secret:TOKEN}", "")
    for secret in VARIABLES.values():
        assert secret not in written
    # On the same backend it changes nothing, and needs no secret.
    assert set(actions(await apply(system.client, written, variables={})).values()) == {"unchanged"}
    url = await databases.create()
    async with open_system(url, None, tmp_path / "other") as other:
        with pytest.raises(ValidationFailedError, match=r"x.yaml:\d+:\d+: chat room: url: no address .*_CHAT_ROOM_URL"):
            await apply(other.client, written, variables={})
        values = {
            "TASKDECK_CHAT_ROOM_URL": VARIABLES["CHAT_URL"],
            "TASKDECK_CHAT_ROOM_AUTHORIZATION": "Bearer also-secret",
            "TASKDECK_CHAT_ROOM_X_ROOM": "ops",
        }
        done = await apply(other.client, written, variables=values)
        # A new installation has a channel and a rule of its own.
        assert set(actions(done).values()) <= {"created", "unchanged"}
        assert await export(other.client) == written
        assert set(actions(await apply(other.client, written, variables=values)).values()) == {"unchanged"}
    await databases.drop(url)


async def test_a_difference_names_fields_before_and_after_but_no_secret(system: System) -> None:
    await apply(system.client, EVERYTHING)
    changed = EVERYTHING.replace("echo last", "echo end").replace("[{task: first, condition: completion}, ", "[")
    changed = changed.replace("max_concurrency: 2\n  starts", "max_concurrency: 3\n  starts")
    other = VARIABLES | {"CHAT_TOKEN": "another-secret"}
    planned = await apply(system.client, changed, dry_run=True, variables=other)
    found = {
        (one.section.value, one.name, change.field): (change.before, change.after)
        for one in planned.definitions
        for change in one.changes
    }
    whole = {"task": "whole", "condition": "success", "window": "latest"}
    assert found == {
        ("concurrency_groups", "heavy", "max_concurrency"): (2, 3),
        ("channels", "chat room", "headers"): ("***", "*** (differs)"),
        ("tasks", "last", "command"): ("echo last", "echo end"),
        ("tasks", "last", "depends_on"): (
            [{"task": "first", "condition": "completion", "window": "latest"}, whole],
            [whole],
        ),
    }
    assert actions(await apply(system.client, EVERYTHING)) == dict.fromkeys(actions(planned), "unchanged")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (
            "tasks: [{name: bad, executor: noop, calendar: nowhere}]",
            r"x.yaml:1:\d+: bad: calendar: calendar 'nowhere' does not exist",
        ),
        ("rules:\n- name: r\n  channels: [nothing]", r"x.yaml:3:3: r: channels: channel 'nothing' does not exist"),
        ("rules:\n- name: r\n  channels: [here]\n  folders: a", r"x.yaml:4:3: r: folders: is not a field of a rule"),
        ("calendars:\n- name: c\n  dates: [tomorrow]", r"x.yaml:3:11: c: dates.0: must be a day such as"),
        ("concurrency_groups:\n- name: g", r"x.yaml:2:3: g: max_concurrency: give max_concurrency"),
        ("channels:\n- {name: c, kind: webhook, url: nowhere}", r"x.yaml:2:28: c: url: must be an http"),
        ("calendars: [{name: a/b, weekdays: [sunday]}]", r"x.yaml:1:14: a/b: name: "),
    ],
)
async def test_one_bad_definition_changes_nothing_and_is_named_with_its_place(
    system: System, wrong: str, says: str
) -> None:
    before = await export(system.client)
    good = "concurrency_groups: [{name: good, max_concurrency: 1}]\ntasks: [{name: good, executor: noop}]\n"
    files = [read_definitions(text, source=name) for text, name in ((good, "good.yaml"), (wrong, "x.yaml"))]
    for dry_run in (True, False):
        with pytest.raises(ValidationFailedError, match=says):
            await apply_files(system.client, files, dry_run=dry_run, variables={})
    assert await export(system.client) == before


async def test_pruning_deletes_only_tasks_of_its_folder_and_label(system: System) -> None:
    await apply(
        system.client,
        """
tasks:
- {name: stays, executor: noop, folder: team}
- {name: goes, executor: shell, command: sleep 60, folder: team/below, labels: {by: git}}
- {name: goes too, executor: noop, folder: team, labels: {by: git}, depends_on: [{task: goes}]}
- {name: unlabelled, executor: noop, folder: team}
- {name: elsewhere, executor: noop, folder: teams, labels: {by: git}}
""",
    )
    ids = {task.name: task.id for task in (await system.client.list_tasks()).data}
    run = await system.client.trigger_task(ids["goes"])
    text = "tasks: [{name: stays, executor: noop, folder: team}]"
    prune = PruneFilter(folder="team", label="by:git")
    planned = await apply(system.client, text, prune=prune, dry_run=True)
    assert actions(planned) == {"stays": "unchanged", "goes": "deleted", "goes too": "deleted"}
    assert {task.name for task in (await system.client.list_tasks()).data} == set(ids)
    done = await apply(system.client, text, prune=prune, plan=planned.plan)
    assert done.definitions == planned.definitions
    assert {task.name for task in (await system.client.list_tasks()).data} == {"stays", "unlabelled", "elsewhere"}
    assert (await system.client.audit(object_type="task", object_id=str(ids["goes"]))).data[0].action == "task.delete"
    assert (await system.client.audit(object_type="task", object_id=str(ids["goes"]))).data[0].detail == {
        "pruned": True
    }
    assert run.status is RunStatus.PENDING


async def test_a_task_that_another_one_needs_is_not_pruned(system: System) -> None:
    await apply(
        system.client,
        "tasks: [{name: up, executor: noop, folder: a}, {name: down, executor: noop, depends_on: [{task: up}]}]",
    )
    with pytest.raises(ConflictError, match=r"others depend on them: up \(down\)"):
        await apply(system.client, "tasks: []", prune=PruneFilter(folder="a"))
    # A file that removes the dependency may prune it in the same request.
    done = await apply(system.client, "tasks: [{name: down, depends_on: []}]", prune=PruneFilter(folder="a"))
    assert actions(done) == {"down": "changed", "up": "deleted"}


async def test_a_plan_that_is_no_longer_true_is_refused(system: System) -> None:
    text = "tasks: [{name: a, executor: noop, folder: f}]"
    await apply(system.client, text.replace("a,", "old,"))
    prune = PruneFilter(folder="f")
    planned = await apply(system.client, text, prune=prune, dry_run=True)
    await apply(system.client, text.replace("a,", "new,"))
    with pytest.raises(PreconditionFailedError, match="make the plan again"):
        await apply(system.client, text, prune=prune, plan=planned.plan)
    assert {task.name for task in (await system.client.list_tasks()).data} == {"old", "new"}


async def test_exact_gives_the_fields_that_are_left_out_their_defaults(system: System) -> None:
    await apply(system.client, "tasks: [{name: a, executor: noop, retry_count: 3, labels: {x: y}}]")
    text = "tasks: [{name: a, executor: noop}]"
    assert actions(await apply(system.client, text)) == {"a": "unchanged"}
    (changed,) = (await apply(system.client, text, exact=True)).definitions
    assert changed.action is DefinitionAction.CHANGED
    assert {change.field for change in changed.changes} == {"retry_count", "labels"}


async def test_what_belongs_to_no_folder_needs_its_role(system: System) -> None:
    for name, role in (("viewer", "viewer"), ("operator", "operator")):
        person = {"username": name, "password": "correct horse battery", "role": role}
        assert (await system.http.post("/api/users", json=person, timeout=60)).status_code == 201
    tokens = {}
    for name in ("viewer", "operator"):
        tokens[name] = (await system.client.login(name, "correct horse battery")).access_token
    channel = {"channels": [{"name": "c", "kind": "console"}]}
    group = {"concurrency_groups": [{"name": "g", "max_concurrency": 1}]}
    task = {"tasks": [{"name": "t", "executor": "noop"}]}
    for name, body, status in (
        ("viewer", task, 403),
        ("viewer", group, 403),
        ("operator", channel, 403),
        ("operator", task | group, 200),
    ):
        headers = {"Authorization": f"Bearer {tokens[name]}"}
        answer = await system.http.post("/api/definitions/apply", json=body, headers=headers, timeout=60)
        assert answer.status_code == status, answer.text


async def test_requests_at_once_that_prune_and_change_the_same_tasks_all_end(system: System) -> None:
    names = [f"t{number}" for number in range(40)]
    await apply(system.client, "tasks: [" + ", ".join(f"{{name: {n}, executor: noop, folder: f}}" for n in names) + "]")

    async def one(number: int) -> DefinitionsResult:
        kept = names[number::2]
        tasks = ", ".join(f"{{name: {n}, executor: noop, description: d{number}}}" for n in kept)
        return await apply(system.client, f"tasks: [{tasks}]", prune=PruneFilter(folder="f"))

    done = await asyncio.gather(*(one(number % 2) for number in range(6)), return_exceptions=True)
    assert all(isinstance(answer, DefinitionsResult | ConflictError) for answer in done), done
