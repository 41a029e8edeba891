"""The alert rules and the dashboard, read by promtool and by a Prometheus that scrapes a backend."""

import asyncio
import importlib.resources
import json
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from typer.testing import CliRunner

from backend.cli.main import app
from backend.queue.figures_sampler import FiguresSampled
from tests.backend.api.test_metrics import samples
from tests.free_port import free_port
from tests.system import System, open_system

FOLDER = Path(str(importlib.resources.files("resources").joinpath("monitoring")))
PROMTOOL = shutil.which("promtool")
PROMETHEUS = shutil.which("prometheus")
MISSING = "{} is missing (Debian: apt-get install prometheus)"
needs_promtool = pytest.mark.skipif(PROMTOOL is None, reason=MISSING.format("promtool"))
needs_prometheus = pytest.mark.skipif(PROMETHEUS is None, reason=MISSING.format("Prometheus"))
OWN = re.compile(r"\bscheduler_\w+")


def dashboard_expressions() -> Iterator[str]:
    for panel in json.loads((FOLDER / "dashboard.json").read_text())["panels"]:
        for target in panel["targets"]:
            yield target["expr"].replace("$__rate_interval", "1m")


def rule_expressions() -> Iterator[str]:
    for group in yaml.safe_load((FOLDER / "alerts.yaml").read_text())["groups"]:
        for rule in group["rules"]:
            yield rule["expr"]


def promtool(*arguments: str | Path, folder: Path = FOLDER, given: str | None = None) -> str:
    assert PROMTOOL is not None
    done = subprocess.run(
        [PROMTOOL, *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=60, input=given
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@needs_promtool
def test_promtool_accepts_the_rules_and_each_alert_is_raised_by_what_it_names() -> None:
    assert "16 rules found" in promtool("check", "rules", "--lint=all", "--lint-fatal", "alerts.yaml")
    assert "SUCCESS" in promtool("test", "rules", "alerts_test.yaml")


@needs_promtool
def test_promtool_accepts_each_expression_of_the_dashboard(tmp_path: Path) -> None:
    rules = [{"record": f"panel:{number}", "expr": one} for number, one in enumerate(dashboard_expressions())]
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
    assert f"{len(rules)} rules found" in promtool("check", "rules", "rules.yaml", folder=tmp_path)


def test_the_command_line_prints_both_files() -> None:
    for name, file in (("rules", "alerts.yaml"), ("dashboard", "dashboard.json")):
        printed = CliRunner().invoke(app, ["monitoring", name])
        assert (printed.exit_code, printed.output) == (0, (FOLDER / file).read_text(encoding="utf-8"))


@needs_promtool
async def test_promtool_finds_no_fault_in_the_metrics_and_they_have_every_name(
    database_url: str, tmp_path: Path
) -> None:
    async with open_system(database_url, None, tmp_path) as system:
        with system.backend.context.passes.watch(FiguresSampled) as sampled:
            await system.add_worker()
            await system.run("one", command="true")
            await sampled.next(timeout_seconds=90)
        await system.backend.context.counts.store()
        text = (await system.http.get("/metrics")).text
    own = "".join(line + "\n" for line in text.splitlines() if "taskdeck_" not in line)
    promtool("check", "metrics", given=own)
    known = {name.partition("{")[0] for name in samples(text)}
    seldom = {"scheduler_messages_refused_total"}
    for expression in (*rule_expressions(), *dashboard_expressions()):
        assert set(OWN.findall(expression)) <= known | seldom, expression


async def _query(http: httpx.AsyncClient, expression: str) -> list[Any]:
    answer = await http.get("/api/v1/query", params={"query": expression})
    found: list[Any] = answer.json()["data"]["result"]
    return found


async def _until(http: httpx.AsyncClient, expression: str, value: str) -> None:
    """Return when Prometheus, which has no way to notify, answers a query with one value."""
    async with asyncio.timeout(60):
        while True:
            try:
                found = await _query(http, expression)
            except (httpx.TransportError, ValueError):  # it answers with text until it is ready
                found = []
            if [one["value"][1] for one in found] == [value]:
                return
            await asyncio.sleep(0.2)


@asynccontextmanager
async def prometheus(system: System, folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Run a Prometheus that scrapes a backend, with the rules."""
    assert PROMETHEUS is not None
    target = httpx.URL(system.backend.metrics_url)
    configuration = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(FOLDER / "alerts.yaml")],
        "scrape_configs": [
            {
                "job_name": "taskdeck",
                "authorization": {"credentials": system.settings.metrics_token},
                "static_configs": [{"targets": [f"{target.host}:{target.port}"]}],
            }
        ],
    }
    await asyncio.to_thread((folder / "prometheus.yml").write_text, yaml.safe_dump(configuration))
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        PROMETHEUS,
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=error",
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", verify=False) as http:
            yield http
    finally:
        process.terminate()
        await process.wait()


@needs_prometheus
async def test_a_prometheus_scrapes_the_backend_with_its_token_and_evaluates_the_rules(
    database_url: str, tmp_path: Path
) -> None:
    async with open_system(database_url, None, tmp_path, metrics_token="a-token-for-scrapes") as system:
        assert (await system.http.get("/metrics")).status_code == 401
        async with prometheus(system, tmp_path) as http:
            await _until(http, "scheduler_is_leader", "1")
            await system.add_worker()
            for number in range(3):
                await system.run(f"task {number}", command="true")
            await _until(http, 'scheduler_tasks_total{status="succeeded"}', "3")
            await _until(http, "scheduler_task_duration_seconds_count", "3")
            await _until(http, "scheduler_active_workers", "1")
            rules = (await http.get("/api/v1/rules")).json()["data"]["groups"]
    assert [rule["lastError"] for group in rules for rule in group["rules"] if "lastError" in rule] == []
    assert {rule["health"] for group in rules for rule in group["rules"]} == {"ok"}


async def test_the_metrics_can_have_a_port_of_their_own(database_url: str, tmp_path: Path) -> None:
    async with open_system(database_url, None, tmp_path, is_local=False, metrics_port=0) as system:
        async with httpx.AsyncClient() as http:
            assert (await http.get(system.backend.metrics_url)).text.count("scheduler_is_leader 1.0") == 1
            assert (await http.get(system.backend.metrics_url.replace("/metrics", "/api/tasks"))).status_code == 404
        refused = await system.http.get("/metrics")
    assert refused.status_code == 404
    assert "TASKDECK_METRICS_PORT" in refused.json()["detail"]
