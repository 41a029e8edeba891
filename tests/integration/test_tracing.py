"""One trace from the call of the API through dispatch, broker and worker to the result, read back from a collector."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from backend.tracing.start import tracing
from backend.tracing.tracer import Tracer
from shared.client import TaskdeckClient
from shared.client.session import TokenAuth
from shared.enums import RunStatus, StreamTopic
from shared.models.run import Run
from tests.conftest import Databases
from tests.local_process import LocalProcess
from tests.otlp_collector import OtlpCollector, ReceivedSpan
from tests.system import System, open_system
from tests.worker_process import WorkerProcess

TRACE, CALLER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACEPARENT = f"00-{TRACE}-{CALLER}-01"


@pytest.fixture(scope="module")
def collector() -> Iterator[OtlpCollector]:
    with OtlpCollector().serving() as serving:
        yield serving


@pytest.fixture(scope="module")
def traced(session_folder: Path, collector: OtlpCollector) -> Iterator[LocalProcess]:
    """A local backend with its worker, which sends spans to the collector."""
    environment = collector.environment | {
        "OTEL_EXPORTER_OTLP_HEADERS": "api-key=of-the-collector",
        "TASKDECK_LOG_FORMAT": "json",
        "TASKDECK_ACCESS_LOG": "all",
        "TASKDECK_TRACE_URL": "https://traces.example.org/{trace_id}",
    }
    backend = LocalProcess(session_folder / "traced", environment=environment)
    backend.start()
    yield backend
    backend.stop()


@pytest.fixture
async def client(traced: LocalProcess) -> AsyncIterator[TaskdeckClient]:
    async with TaskdeckClient(traced.address.url, auth=TokenAuth(traced.address.token)) as opened:
        yield opened


async def finished(client: TaskdeckClient, run_id: int) -> Run:
    async for _ in client.stream([StreamTopic.RUNS]):
        run = await client.get_run(run_id)
        if run.status.is_final:
            return run
    raise AssertionError("the stream ended")


async def triggered(backend: LocalProcess, client: TaskdeckClient, name: str, **fields: object) -> Run:
    """Return the finished run of a new task, triggered by a caller with a trace."""
    task = await client.create_task({"name": name, **fields})
    async with httpx.AsyncClient(base_url=backend.address.url) as http:
        answer = await http.post(
            f"/api/tasks/{task.id}/trigger",
            headers={"Authorization": f"Bearer {backend.address.token}", "traceparent": TRACEPARENT},
        )
    assert answer.status_code == 201, answer.text
    return await finished(client, answer.json()["data"]["id"])


async def test_one_trace_leads_from_the_call_to_the_result(
    traced: LocalProcess, client: TaskdeckClient, collector: OtlpCollector
) -> None:
    run = await triggered(
        traced, client, "traced", executor="shell", command='echo "$TRACEPARENT"; env | grep -c OTEL_ >&2'
    )
    assert run.status is RunStatus.FAILED  # grep finds no variable of the backend
    execution = collector.until("task_execution", lambda span: span.attributes["run.id"] == run.id)
    assert execution.attributes == {
        "task.id": run.task_id,
        "task.name": "traced",
        "run.id": run.id,
        "attempt": 1,
        "executor": "shell",
        "worker.id": run.worker_id,
        "outcome": "failed",
    }
    assert (execution.error, execution.service) == ("exit code 1", "taskdeck-backend")
    assert run.stdout_tail == f"00-{TRACE}-{execution.span_id}-01\n"
    assert run.stderr_tail == "0\n"
    dispatch = collector.until("task_dispatch", lambda span: span.span_id == execution.parent_id)
    request = collector.until("POST /api/tasks/{task_id}/trigger", lambda span: span.span_id == dispatch.parent_id)
    result = collector.until("task_result", lambda span: span.parent_id == execution.span_id)
    assert request.parent_id == CALLER
    assert request.attributes["http.response.status_code"] == 201
    assert result.attributes == {"run.id": run.id, "attempt": 1, "outcome": "failed"}
    assert {span.trace_id for span in (request, dispatch, execution, result)} == {TRACE}
    assert request.start <= dispatch.start <= execution.start < execution.end
    assert collector.export_headers[0]["api-key"] == "of-the-collector"


async def test_each_attempt_has_a_span_in_the_same_trace(
    traced: LocalProcess, client: TaskdeckClient, collector: OtlpCollector
) -> None:
    run = await triggered(
        traced,
        client,
        "flaky",
        executor="shell",
        command='[ "$TASKDECK_ATTEMPT" = 2 ] || exit 9',
        retry_count=1,
        retry_delay_seconds=0,
        retry_backoff="fixed",
    )
    first, second = (f"{run.id} {attempt}" for attempt in (1, 2))
    spans = [
        collector.until("task_execution", lambda span: _attempt(span) == first),
        collector.until("task_execution", lambda span: _attempt(span) == second),
    ]
    assert [(span.attributes["outcome"], span.trace_id) for span in spans] == [("failed", TRACE), ("succeeded", TRACE)]


def _attempt(span: ReceivedSpan) -> str:
    return f"{span.attributes['run.id']} {span.attributes['attempt']}"


async def test_an_http_call_is_sent_within_the_trace_unless_the_task_names_another(
    traced: LocalProcess, client: TaskdeckClient, collector: OtlpCollector
) -> None:
    run = await triggered(
        traced, client, "call", executor="http", command=json.dumps({"url": f"{collector.url}/called"})
    )
    execution = collector.until("task_execution", lambda span: span.attributes["run.id"] == run.id)
    assert collector.headers["/called"]["traceparent"] == f"00-{TRACE}-{execution.span_id}-01"
    own = {"url": f"{collector.url}/own", "headers": {"Traceparent": "of the task"}}
    await triggered(traced, client, "own call", executor="http", command=json.dumps(own))
    assert collector.headers["/own"]["traceparent"] == "of the task"


async def test_the_command_line_goes_on_with_the_trace_of_its_process(
    session_folder: Path, traced: LocalProcess, client: TaskdeckClient
) -> None:
    task = await client.create_task({"name": "by command", "executor": "noop"})
    shell = LocalProcess(traced.data_dir, environment={"TRACEPARENT": TRACEPARENT})
    run = json.loads(await asyncio.to_thread(shell.run, "task", "trigger", str(task.id), "--json"))
    found = await client.get_run(run["id"])
    assert (found.trace_id, found.trace_url) == (TRACE, f"https://traces.example.org/{TRACE}")
    shown = await asyncio.to_thread(shell.run, "run", "show", str(run["id"]))
    assert ["Trace", found.trace_url] in [line.split() for line in shown.splitlines()]


async def test_a_schedule_begins_a_trace(client: TaskdeckClient, collector: OtlpCollector) -> None:
    task = await client.create_task({"name": "often", "executor": "noop", "schedule": "every 1s"})
    execution = collector.until("task_execution", lambda span: span.attributes["task.id"] == task.id)
    await client.pause_task(task.id)
    dispatch = collector.until("task_dispatch", lambda span: span.span_id == execution.parent_id)
    schedule = collector.until("task_schedule", lambda span: span.span_id == dispatch.parent_id)
    assert (schedule.parent_id, schedule.attributes) == ("", {"task.id": task.id})
    assert schedule.trace_id == execution.trace_id != TRACE


async def test_lines_of_the_log_name_the_trace(
    traced: LocalProcess, client: TaskdeckClient, collector: OtlpCollector
) -> None:
    run = await triggered(traced, client, "logged", executor="noop")
    request = collector.until(
        "POST /api/tasks/{task_id}/trigger",
        lambda span: (
            span.span_id in {one.parent_id for one in collector.spans if one.attributes.get("run.id") == run.id}
        ),
    )
    lines = [json.loads(line) for line in traced.errors.splitlines() if line.startswith("{")]
    own = [line for line in lines if line.get("span_id") == request.span_id]
    assert [(line["event"], line["trace_id"]) for line in own] == [("request", TRACE)]


@pytest.fixture
def tracer(monkeypatch: pytest.MonkeyPatch, collector: OtlpCollector) -> Iterator[Tracer]:
    for name, value in collector.environment.items():
        monkeypatch.setenv(name, value)
    with tracing("taskdeck-backend") as opened:
        yield opened


async def test_the_backend_ends_the_span_of_a_worker_that_was_killed(
    server_databases: Databases, rabbit_url: str, tmp_path: Path, collector: OtlpCollector, tracer: Tracer
) -> None:
    url = await server_databases.create()
    try:
        async with open_system(url, rabbit_url, tmp_path, tracer=tracer) as system:
            with WorkerProcess(tmp_path, rabbit_url, environment=collector.environment) as worker:
                task_id = await system.create("long", command="sleep 30", on_worker_lost="fail")
                answer = await system.http.post(f"/api/tasks/{task_id}/trigger", headers={"traceparent": TRACEPARENT})
                run_id = answer.json()["data"]["id"]
                await system.until(run_id, RunStatus.RUNNING)
                worker.process.kill()
                run = await system.finished(run_id)
            execution = await asyncio.to_thread(collector.until, "task_execution", is_lost)
    finally:
        await server_databases.drop(url)
    assert execution.attributes == {"task.id": task_id, "run.id": run_id, "attempt": 1, "outcome": "lost"}
    assert (execution.trace_id, execution.error) == (TRACE, "worker w1 was lost: it sent no heartbeat for 3 s")
    assert run.started_at is not None
    assert execution.start == pytest.approx(run.started_at.timestamp() * 1e9, abs=1e6)


def is_lost(span: ReceivedSpan) -> bool:
    return span.attributes["outcome"] == "lost"


async def test_child_runs_are_in_the_trace_of_their_parent_and_a_dependency_begins_its_own(
    database_url: str, tmp_path: Path, collector: OtlpCollector, tracer: Tracer
) -> None:
    async with open_system(database_url, None, tmp_path, tracer=tracer) as system:
        await system.add_worker()
        task_id = await system.create("sharded", command='echo "$TRACEPARENT"', distribution="sharded", shard_count=2)
        later = await system.create("later", executor="noop", depends_on=[{"task_id": task_id}])
        answer = await system.http.post(f"/api/tasks/{task_id}/trigger", headers={"traceparent": TRACEPARENT})
        parent = await system.finished(answer.json()["data"]["id"])
        children = await system.client.list_runs(fan_out_run_id=parent.id)
        seen = [(await system.client.get_run(child.id)).stdout_tail or "" for child in children.data]
    assert [text.split("-")[1] for text in seen] == [TRACE, TRACE]
    dependency = await asyncio.to_thread(collector.until, "task_dependency")
    assert (dependency.attributes, dependency.parent_id) == ({"task.id": later}, "")


async def test_a_backend_without_a_collector_passes_the_trace_on_to_a_worker_that_has_one(
    server_databases: Databases, rabbit_url: str, tmp_path: Path, collector: OtlpCollector
) -> None:
    url = await server_databases.create()
    try:
        async with open_system(url, rabbit_url, tmp_path) as system:
            with WorkerProcess(tmp_path, rabbit_url, environment=collector.environment):
                run = await _triggered_in(system)
        execution = collector.until("task_execution", lambda span: span.service == "taskdeck-worker")
    finally:
        await server_databases.drop(url)
    assert (execution.trace_id, execution.parent_id) == (TRACE, CALLER)
    assert run.stdout_tail == f"00-{TRACE}-{execution.span_id}-01\n"


async def _triggered_in(system: System) -> Run:
    task_id = await system.create("passed on", command='echo "$TRACEPARENT"')
    answer = await system.http.post(f"/api/tasks/{task_id}/trigger", headers={"traceparent": TRACEPARENT})
    return await system.finished(answer.json()["data"]["id"])
