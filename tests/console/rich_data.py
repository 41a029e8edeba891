"""A backend full of what operators have: folders, labels, dependencies, failures, long names, runs under way."""

import asyncio
from collections.abc import Mapping
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from shared.client import TaskdeckClient
from shared.client.session import TokenAuth
from shared.enums import RunStatus, StreamTopic
from shared.local_backend import LocalBackend
from tests.console.past_data import add_past

_SECONDS = 120
_FOLDERS = ("finance/daily", "finance/monthly", "warehouse", "warehouse/sync", "ops/backup", "ops/health", "报表")
LONG_NAME = "a-name-so-long-that-no-column-has-room-for-it-and-which-says-in-passing-what-the-task-is-for-and-whose-it"


def _tasks() -> list[dict[str, Any]]:
    """Return tasks as the API takes them, without their edges."""
    made: list[dict[str, Any]] = [
        _task(
            "nightly-backup",
            "ops/backup",
            "echo dumping; sleep 0.2; echo 'disk full' >&2; exit 1",
            "0 3 * * *",
            labels={"team": "ops", "tier": "critical"},
            priority="critical",
            retry_count=1,
            retry_delay_seconds=1,
        ),
        _task(
            "sync-orders",
            "warehouse/sync",
            "echo syncing; sleep 30",
            "*/15 * * * *",
            timeout_seconds=1,
            labels={"team": "warehouse"},
        ),
        _task(
            "报表汇总",
            "报表",
            "echo 汇总完成; printf '\\033[32m好\\033[0m\\n'",
            "30 8 * * 1-5",
            timezone="Asia/Shanghai",
        ),
        _task("rotate-logs", "ops/health", "no-such-command --rotate", "@hourly"),
        _task(LONG_NAME, "finance/monthly/very/deep/folder/of/its/own", "true", "0 6 1 * *"),
        _task(
            "long-import",
            "warehouse",
            "for i in $(seq 600); do echo row $i; sleep 1; done",
            None,
            labels={"team": "warehouse", "kind": "import"},
        ),
        _task("model-training", "finance/daily", "for i in $(seq 600); do echo epoch $i; sleep 1; done", None),
        _task("health-check", "ops/health", "echo ok", "* * * * *", priority="high"),
        _task(
            "paused-experiment",
            "finance/daily",
            "true",
            "0 0 * * *",
            status="paused",
            description="Waits for the new ledger; see the decision of May.",
        ),
    ]
    for number in range(36):
        folder = _FOLDERS[number % len(_FOLDERS)]
        fails = number % 7 == 3
        made.append(
            _task(
                f"{folder.rsplit('/', 1)[-1]}-step-{number:02d}",
                folder,
                f"echo step {number}; sleep 0.{number % 5}; exit {3 if fails else 0}",
                f"{number % 60} {number % 24} * * *",
                labels={"team": ("finance", "warehouse", "ops")[number % 3]},
                priority=("low", "normal", "normal", "high")[number % 4],
            )
        )
    return made


def _task(name: str, folder: str, command: str, schedule: str | None, **more: Any) -> dict[str, Any]:
    return {"name": name, "folder": folder, "executor": "shell", "command": command, "schedule": schedule, **more}


_POLICIES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("concurrency-groups/database-heavy", {"max_concurrency": 2, "description": "What reads the whole ledger"}),
    ("concurrency-groups/partner-api", {"starts_per_minute": 30, "description": "Their limit is 40 calls a minute"}),
    (
        "calendars/public-holidays",
        {"description": "Days on which nobody works", "dates": ["2026-12-25", "2026-12-26", "2027-01-01"]},
    ),
    ("calendars/工作日", {"description": "周末不运行", "weekdays": ["saturday", "sunday"]}),
    ("alerts/channels/console", {"kind": "console"}),
    (
        "alerts/channels/on-call",
        {"kind": "webhook", "format": "slack", "url": "http://127.0.0.1:9/hooks/on-call", "enabled": True},
    ),
    ("alerts/channels/mail", {"kind": "email", "recipients": ["ops@example.org"], "enabled": False}),
    ("alerts/rules/everything", {"channels": ["console", "on-call"], "conditions": ["failure", "slow", "late"]}),
    (
        "alerts/rules/backups",
        {"channels": ["console"], "folder": "ops/backup", "group_by": "task", "conditions": ["failure", "paused"]},
    ),
)


async def _set_policies(client: TaskdeckClient) -> None:
    for path, body in _POLICIES:
        await client.request("PUT", f"/api/{path}", json=body)
    for folder, reason in (("warehouse", "Stocktaking until Monday"), ("报表", "")):
        ends = (datetime.now(UTC) + timedelta(days=2)).isoformat()
        await client.request("POST", "/api/alerts/silences", json={"folder": folder, "ends_at": ends, "reason": reason})


async def _make_history(client: TaskdeckClient, task_id: int) -> None:
    """Change a task a few times, and run it for past times."""
    for change in (
        {"command": "set -e\ncurl -fsS https://ledger.example.org/month\necho done"},
        {"retry_count": 3, "timeout_seconds": 900},
        {"schedule": "0 6 1 * *", "labels": {"team": "finance"}, "description": "Closes the month"},
        {"command": "true"},
    ):
        await client.update_task(task_id, change)
    now = datetime.now(UTC)
    window = {"since": (now - timedelta(days=100)).isoformat(), "until": now.isoformat()}
    await client.request("POST", f"/api/tasks/{task_id}/backfill", json=window)


async def fill(backend: LocalBackend, data_dir: Path) -> None:
    """Make the tasks and their past, run them, and return when all but those under way have ended."""
    async with TaskdeckClient(backend.url, auth=TokenAuth(backend.token)) as client:
        await _set_policies(client)
        ids: dict[str, int] = {}
        for fields in _tasks():
            ids[fields["name"]] = (await client.create_task(fields)).id
        chain = [ids[name] for name in ids if "-step-" in name][:12]
        for place, task_id in enumerate(chain[2:], start=2):
            upstream = {chain[place // 2], chain[place - 1 - place % 2]}
            condition = ("completion", "success", "failure")[place % 3]
            window = "period" if place % 4 == 1 else "latest"
            edges = [{"task_id": one, "condition": condition, "window": window} for one in sorted(upstream)]
            await client.update_task(task_id, {"depends_on": edges})
        await add_past(data_dir)
        runs: list[Mapping[str, Any]] = [
            {"task_id": task_id} for name, task_id in ids.items() if name not in ("long-import", "model-training")
        ]
        await client.batch(runs * 3)
        for name in ("long-import", "model-training", "long-import"):
            await client.trigger_task(ids[name])
        for name in ("anna", "wei.zhang", "deploy-bot"):
            body = {
                "username": name,
                "password": "only for pictures",
                "role": "operator" if name == "anna" else "viewer",
            }
            await client.request("POST", "/api/users", json=body)
        await client.request("POST", "/api/tokens", json={"name": "nightly deploy script"})
        await client.pause_task(ids["rotate-logs"])
        await _make_history(client, ids[LONG_NAME])
        await _until_quiet(client)
        await _make_wait(client)


async def _make_wait(client: TaskdeckClient) -> None:
    """Make runs that wait, each kind for a reason of its own."""
    vacuum = _task("vacuum-ledger", "finance/daily", "sleep 600", None, concurrency_group="database-heavy")
    render = _task("render-map", "warehouse", "true", None, task_type="gpu", priority="high")
    ready = _task("close-the-books", "finance/monthly", "true", None, priority="critical")
    for fields, count in ((vacuum, 4), (render, 2), (ready, 3)):
        made = (await client.create_task(fields | {"overlap_policy": "allow"})).id
        await client.batch([{"task_id": made}] * count)


async def _until_quiet(client: TaskdeckClient) -> None:
    """Return when the short runs have ended; the live stream announces when to ask again."""
    under_way = [RunStatus.RUNNING, RunStatus.DISPATCHED, RunStatus.PENDING]
    async with asyncio.timeout(_SECONDS), aclosing(client.stream([StreamTopic.RUNS])) as events:
        async for _ in events:
            page = await client.list_runs(status=under_way, limit=50)
            if all(run.task_name in ("long-import", "model-training") for run in page.data):
                return
