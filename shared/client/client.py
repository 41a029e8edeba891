"""The client of the HTTP API: one method for each endpoint that the console or the command line calls."""

from __future__ import annotations

import ssl
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar, Unpack
from urllib.parse import quote

import httpx
from httpx_sse import EventSource, ServerSentEvent
from pydantic import BaseModel, JsonValue

from shared import models
from shared.client.filters import (
    AuditParams,
    HistoryParams,
    PageParams,
    QueuedTasksParams,
    QueueParams,
    RunListParams,
    TaskFilter,
    TaskListParams,
    WorkerHistoryParams,
)
from shared.client.http_calls import HttpCalls
from shared.client.problems import as_error, decoded, raise_for_problem, unreachable
from shared.client.protection import check_protected, trust
from shared.client.session import LoginAuth
from shared.client.stream import StreamItem, StreamOpened, stream_item
from shared.enums import Permission, Priority, StreamTopic
from shared.errors import NotFoundError
from shared.loopback import is_loopback
from shared.models.auth import SignedInUser, SignInMethods, TokenPair
from shared.models.base import Page, rfc3339
from shared.version import VERSION

if TYPE_CHECKING:
    from shared.models.agenda import Agenda, AgendaEntries, AgendaResolution
    from shared.models.alert import Alert, Silence, SilenceFields
    from shared.models.bulk import BulkResult, BulkRuns, BulkSilences, BulkTasks, ChangeAlerts
    from shared.models.definitions import DefinitionsResult, PruneFilter, Section
    from shared.models.fault import Fault
    from shared.models.grant import Grant
    from shared.models.queue import QueuedTask, QueuePage, RunsChanged
    from shared.models.run import Attempt, LogChunk, ResourceSample, Run, RunInputs
    from shared.models.schedule import SchedulePreview, UpcomingTimes
    from shared.models.system import (
        AuditEntry,
        DispatcherInfo,
        ExecutorInfo,
        QueueDepth,
        QueueHistory,
        Readiness,
        SystemInfo,
        SystemStats,
        ThroughputHistory,
    )
    from shared.models.task import Task
    from shared.models.task_apply import ApplyResult
    from shared.models.task_graph import TaskGraph
    from shared.models.task_overview import Outcome, TaskFolder
    from shared.models.task_version import FieldChange, TaskVersion
    from shared.models.trigger import BatchResult
    from shared.models.worker import Worker, WorkerEnrolment, WorkerHistory, WorkerKeyInfo

M = TypeVar("M", bound=BaseModel)

CONNECT_TIMEOUT_SECONDS = 5.0
ANSWER_TIMEOUT_SECONDS = 30.0
APPLY_TIMEOUT_SECONDS = 70.0
"""The backend answers within 60 s."""
STREAM_SILENCE_SECONDS = 30.0
"""The backend sends a keep-alive every 10 s: after three missing ones the connection counts as broken."""

_EXPIRED = "expired"
_LAST = frozenset((_EXPIRED, "end"))
"""The events behind which the backend ends a stream: its token is no longer valid, or the run has its outcome."""


class TaskdeckClient:
    """One backend's API.

    Every method raises a `TaskdeckError`: that of the backend's problem document, or `BackendUnreachableError` where
    no answer came. Lists return a `Page`; `params` are its query parameters, of which those that are None are left out.
    """

    program: ClassVar[str] = "client"
    """How the client names itself in `User-Agent`; the audit log shows console and command line."""

    def __init__(
        self,
        base_url: str,
        *,
        auth: httpx.Auth | None = None,
        tls: ssl.SSLContext | None = None,
        allows_http: bool = False,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """`tls` is whom to trust, from `trust`; by default the usual authorities.

        Raises `ClearTextRefusedError` for HTTP to another machine, unless `allows_http`.
        """
        check_protected(base_url, allows_http=allows_http)
        self.base_url = base_url.rstrip("/")
        self._auth = auth
        self._http = httpx.AsyncClient(
            base_url=self.base_url,
            auth=auth,
            verify=tls or (trust("") if base_url.startswith("https:") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)),
            transport=transport,
            # A proxy that the environment names would get the token of a local backend, in clear.
            trust_env=not is_loopback(httpx.URL(self.base_url).host),
            headers=self.own_headers(),
            timeout=httpx.Timeout(ANSWER_TIMEOUT_SECONDS, connect=CONNECT_TIMEOUT_SECONDS),
        )
        self._calls = HttpCalls(self._http)

    def own_headers(self) -> dict[str, str]:
        """Return the headers of every request."""
        return {"User-Agent": f"taskdeck-{self.program}/{VERSION}"}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End the calls under way and close the connections."""
        await self._calls.close()

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        answer_seconds: float = ANSWER_TIMEOUT_SECONDS,
    ) -> Any:
        """Return the decoded answer of any call."""
        query = {
            name: rfc3339(value) if isinstance(value, datetime) else value
            for name, value in (params or {}).items()
            if value is not None
        }
        self._check_open()
        try:
            timeout = httpx.Timeout(answer_seconds, connect=CONNECT_TIMEOUT_SECONDS)
            response = await self._calls.send(
                self._http.build_request(method, path, params=query, json=json, headers=headers, timeout=timeout)
            )
        except httpx.HTTPError as error:
            raise unreachable(self.base_url, error) from error
        raise_for_problem(response)
        return decoded(response)

    def _check_open(self) -> None:
        """Raise an error of ours where another part of the program has closed the client."""
        if self._calls.are_closed:
            raise unreachable(self.base_url, None)

    async def _one(self, kind: type[M], method: str, path: str, **options: Any) -> M:
        return kind.model_validate((await self.request(method, path, **options))["data"])

    async def _many(self, kind: type[M], path: str, params: Mapping[str, Any]) -> Page[M]:
        return Page[kind].model_validate(await self.request("GET", path, params=params))  # type: ignore[valid-type]

    # sign-in

    async def login(self, username: str, password: str) -> TokenPair:
        """Return the tokens for `LoginAuth`."""
        return await self._one(TokenPair, "POST", "/api/auth/login", json={"username": username, "password": password})

    async def sign_in_methods(self) -> SignInMethods:
        """Return how users sign in; a backend that does not say so knows passwords only."""
        try:
            return await self._one(SignInMethods, "GET", "/api/auth/methods")
        except NotFoundError:
            return SignInMethods()

    async def exchange_code(self, code: str, code_verifier: str) -> TokenPair:
        """Return the tokens for the code that a browser brought."""
        body = {"code": code, "code_verifier": code_verifier}
        return await self._one(TokenPair, "POST", "/api/auth/oidc/token", json=body)

    async def log_out(self, refresh_token: str, *, everywhere: bool = False) -> None:
        """End the session of a refresh token, or all sessions of its user."""
        body = {"refresh_token": refresh_token, "everywhere": everywhere}
        await self.request("POST", "/api/auth/logout", json=body)

    async def me(self) -> SignedInUser:
        """Return the user who is signed in, with what the token permits."""
        return await self._one(SignedInUser, "GET", "/api/auth/me")

    async def list_grants(self, *, user: str | None = None, group: str | None = None) -> list[Grant]:
        """Return the grants in the folders that the user administers, of one user or group if given."""
        params = {name: value for name, value in (("user", user), ("group", group)) if value is not None}
        return (await self._many(models.grant.Grant, "/api/grants", params)).data

    async def add_grant(
        self, folder: str, permission: Permission, *, user: str | None = None, group: str | None = None
    ) -> Grant:
        """Grant a user or a group a permission in a folder, instead of a former one there."""
        body = {"folder": folder, "permission": permission, "user": user, "group": group}
        return await self._one(models.grant.Grant, "POST", "/api/grants", json=body)

    async def remove_grant(self, grant_id: int) -> None:
        """Remove a grant."""
        await self.request("DELETE", f"/api/grants/{grant_id}")

    async def change_password(self, current: str, new: str) -> None:
        """Change the password of the user who is signed in; this client goes on with a new session."""
        body = {"current_password": current, "new_password": new}
        pair = await self._one(TokenPair, "POST", "/api/auth/password", json=body)
        if isinstance(self._auth, LoginAuth):
            self._auth.replace(pair)

    # tasks

    async def list_tasks(self, **params: Unpack[TaskListParams]) -> Page[Task]:
        return await self._many(models.task.Task, "/api/tasks", params)

    async def count_tasks(self, **params: Unpack[TaskFilter]) -> int:
        return (await self._one(models.task_overview.TaskCount, "GET", "/api/tasks/count", params=params)).total

    async def task_folders(self) -> list[TaskFolder]:
        """Return the folders that contain tasks."""
        return (await self._many(models.task_overview.TaskFolder, "/api/tasks/folders", {})).data

    async def recent_outcomes(self, task_ids: Iterable[int], *, count: int = 20) -> dict[int, list[Outcome]]:
        """Return the last `count` outcomes of up to 200 tasks, newest first."""
        params = {"ids": ",".join(str(task_id) for task_id in task_ids), "count": count}
        page = await self._many(models.task_overview.RecentOutcomes, "/api/tasks/recent-outcomes", params)
        return {one.task_id: one.outcomes for one in page.data}

    async def get_task(self, task_id: int) -> Task:
        return await self._one(models.task.Task, "GET", f"/api/tasks/{task_id}")

    async def create_task(self, fields: Mapping[str, Any], *, idempotency_key: str | None = None) -> Task:
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else None
        return await self._one(models.task.Task, "POST", "/api/tasks", json=dict(fields), headers=headers)

    async def update_task(self, task_id: int, changes: Mapping[str, Any], *, etag: str | None = None) -> Task:
        """Change the given fields; with `etag`, only if the task has not changed since it was read."""
        headers = {"If-Match": etag} if etag else None
        return await self._one(models.task.Task, "PATCH", f"/api/tasks/{task_id}", json=dict(changes), headers=headers)

    async def apply_tasks(self, tasks: Sequence[Mapping[str, Any]], *, dry_run: bool = False) -> ApplyResult:
        """Create and change up to 10,000 tasks, all or none; fields that are not given stay as they are."""
        body = {"tasks": [dict(task) for task in tasks], "dry_run": dry_run}
        return await self._one(
            models.task_apply.ApplyResult, "POST", "/api/tasks/apply", json=body, answer_seconds=APPLY_TIMEOUT_SECONDS
        )

    async def apply_definitions(
        self,
        definitions: Mapping[Section, Sequence[Mapping[str, Any]]],
        *,
        prune: PruneFilter | None = None,
        exact: bool = False,
        dry_run: bool = False,
        plan: str | None = None,
    ) -> DefinitionsResult:
        """Create, change and prune what files define, all or none; with `plan`, only what that dry run answered."""
        body: dict[str, Any] = {section.value: [dict(one) for one in found] for section, found in definitions.items()}
        body |= {"exact": exact, "dry_run": dry_run, "plan": plan}
        if prune is not None:
            body["prune"] = prune.model_dump(mode="json", exclude_none=True)
        return await self._one(
            models.definitions.DefinitionsResult,
            "POST",
            "/api/definitions/apply",
            json=body,
            answer_seconds=APPLY_TIMEOUT_SECONDS,
        )

    async def change_tasks(self, request: BulkTasks, *, idempotency_key: str | None = None) -> BulkResult:
        """Change many tasks by one request; the answer counts what was changed, and what was not and why."""
        return await self._bulk("/api/tasks/bulk", request, idempotency_key)

    async def change_runs(self, request: BulkRuns, *, idempotency_key: str | None = None) -> BulkResult:
        """Change many runs by one request; the answer counts what was changed, and what was not and why."""
        return await self._bulk("/api/runs/bulk", request, idempotency_key)

    async def _bulk(self, path: str, request: BaseModel, key: str | None = None) -> BulkResult:
        body = request.model_dump(mode="json", exclude_unset=True)
        headers = {"Idempotency-Key": key} if key else None
        return await self._one(
            models.bulk.BulkResult, "POST", path, json=body, headers=headers, answer_seconds=APPLY_TIMEOUT_SECONDS
        )

    async def delete_task(self, task_id: int) -> None:
        """Delete a task and its runs."""
        await self.request("DELETE", f"/api/tasks/{task_id}")

    async def trigger_task(self, task_id: int, options: Mapping[str, Any] | None = None) -> Run:
        """Create a run of a task now; `options` are the fields of `TriggerRequest`."""
        return await self._one(models.run.Run, "POST", f"/api/tasks/{task_id}/trigger", json=dict(options or {}))

    async def pause_task(self, task_id: int) -> Task:
        """Pause a task's schedule."""
        return await self._one(models.task.Task, "POST", f"/api/tasks/{task_id}/pause")

    async def resume_task(self, task_id: int) -> Task:
        """Resume a task's schedule. Occurrences during the pause are skipped."""
        return await self._one(models.task.Task, "POST", f"/api/tasks/{task_id}/resume")

    async def upcoming(self, task_id: int, count: int = 10) -> UpcomingTimes:
        """Return the next occurrences of a task."""
        return await self._one(
            models.schedule.UpcomingTimes, "GET", f"/api/tasks/{task_id}/upcoming", params={"count": count}
        )

    async def preview_schedule(
        self, schedule: str, timezone: str, count: int = 10, **more: JsonValue
    ) -> SchedulePreview:
        """Return the description and the times of a schedule; `more` are further fields of `SchedulePreviewRequest`.

        `ValidationFailedError` names the invalid field.
        """
        asked = {"schedule": schedule, "timezone": timezone, "count": count, **more}
        return await self._one(models.schedule.SchedulePreview, "POST", "/api/schedules/preview", json=asked)

    async def task_graph(self, task_id: int | None = None, *, unconnected: bool = False) -> TaskGraph:
        """Return all tasks with dependencies, or one task with its upstream and downstream tasks.

        `unconnected` adds tasks without dependencies.
        """
        asked = {"task_id": task_id, "unconnected": unconnected or None}
        return await self._one(models.task_graph.TaskGraph, "GET", "/api/tasks/graph", params=asked)

    # runs

    async def list_runs(self, **params: Unpack[RunListParams]) -> Page[Run]:
        return await self._many(models.run.Run, "/api/runs", params)

    async def get_run(self, run_id: int) -> Run:
        """Return a run with the tails of its output."""
        return await self._one(models.run.Run, "GET", f"/api/runs/{run_id}")

    async def attempts(self, run_id: int) -> list[Attempt]:
        """Return every attempt of a run, oldest first."""
        return (await self._many(models.run.Attempt, f"/api/runs/{run_id}/attempts", {})).data

    async def run_inputs(self, run_id: int) -> RunInputs:
        """Return the command, arguments and environment that a run received."""
        return await self._one(models.run.RunInputs, "GET", f"/api/runs/{run_id}/inputs")

    async def resources(self, run_id: int) -> list[ResourceSample]:
        """Return the resource usage of a run's processes over time, for each attempt."""
        return (await self._many(models.run.ResourceSample, f"/api/runs/{run_id}/resources", {})).data

    async def runs_beside(self, run_id: int, *, limit: int = 50) -> list[Run]:
        """Return the runs that ran on the same worker at the same time, the last to start first."""
        return (await self._many(models.run.Run, f"/api/runs/{run_id}/beside", {"limit": limit})).data

    async def versions(self, task_id: int) -> list[TaskVersion]:
        """Return the versions of a task, the newest first, each with what it changed."""
        return (await self._many(models.task_version.TaskVersion, f"/api/tasks/{task_id}/versions", {})).data

    async def version_diff(self, task_id: int, *, before: int, after: int) -> list[FieldChange]:
        """Return the fields that differ between two versions of a task."""
        params = {"before": before, "after": after}
        return (await self._many(models.task_version.FieldChange, f"/api/tasks/{task_id}/diff", params)).data

    async def logs(
        self, run_id: int, *, after: int | None = None, limit: int | None = None, stream: str | None = None
    ) -> Page[LogChunk]:
        """Return the log chunks that follow the chunk with the id `after`."""
        params = {"after": after, "limit": limit, "stream": stream}
        return await self._many(models.run.LogChunk, f"/api/runs/{run_id}/logs", params)

    async def follow_logs(self, run_id: int, *, after: int | None = None) -> AsyncGenerator[LogChunk, None]:
        """Yield log chunks live, until the run ends."""
        is_expired = True
        while is_expired:
            params = {"after": after} if after is not None else {}
            async with aclosing(self._events(f"/api/runs/{run_id}/logs/follow", params=params, last=_LAST)) as events:
                async for event in events:
                    is_expired = event.event == _EXPIRED
                    if event.event == "log":
                        chunk = models.run.LogChunk.model_validate_json(event.data)
                        after = chunk.id
                        yield chunk

    async def wait_for_run(self, run_id: int) -> Run:
        """Return a run once it has ended, in whatever way."""
        async for _ in self.follow_logs(run_id):
            pass
        return await self.get_run(run_id)

    async def start_test_run(self, fields: Mapping[str, Any]) -> Run:
        """Start a test run of the given fields, without saving a task. It is deleted after an hour."""
        return await self._one(models.run.Run, "POST", "/api/test-runs", json=dict(fields))

    async def cancel_run(self, run_id: int) -> Run:
        """Cancel a waiting run, or request cancellation of a running one."""
        return await self._one(models.run.Run, "POST", f"/api/runs/{run_id}/cancel")

    async def retry_run(self, run_id: int, *, as_it_was: bool = False) -> Run:
        """Create a new run of a finished one, with the task's current definition or that of the original run."""
        body = {"definition": "original" if as_it_was else "current"}
        return await self._one(models.run.Run, "POST", f"/api/runs/{run_id}/retry", json=body)

    async def batch(self, runs: Sequence[Mapping[str, Any]]) -> BatchResult:
        """Create up to 10,000 runs at once."""
        return await self._one(
            models.trigger.BatchResult, "POST", "/api/runs/batch", json={"runs": [dict(r) for r in runs]}
        )

    # queue

    async def queue(self, **params: Unpack[QueueParams]) -> QueuePage:
        """Return running runs, then waiting ones in the order in which they start."""
        return models.queue.QueuePage.model_validate(await self.request("GET", "/api/queue", params=params))

    async def queued_tasks(self, **params: Unpack[QueuedTasksParams]) -> Page[QueuedTask]:
        """Return the tasks with the most runs in the queue, most first."""
        return await self._many(models.queue.QueuedTask, "/api/queue/tasks", params)

    async def cancel_runs(self, run_ids: Sequence[int]) -> RunsChanged:
        """Cancel each of the runs; the answer lists those that were refused."""
        return await self._one(models.queue.RunsChanged, "POST", "/api/runs/cancel", json={"run_ids": list(run_ids)})

    async def set_priority(self, run_ids: Sequence[int], priority: Priority) -> RunsChanged:
        """Change the priority of each of the waiting runs."""
        asked = {"run_ids": list(run_ids), "priority": priority}
        return await self._one(models.queue.RunsChanged, "POST", "/api/runs/priority", json=asked)

    async def start_now(self, run_ids: Sequence[int]) -> RunsChanged:
        """Start each of the waiting runs before all others, regardless of limits."""
        return await self._one(models.queue.RunsChanged, "POST", "/api/runs/start-now", json={"run_ids": list(run_ids)})

    # agenda

    async def agenda(self, *, since: datetime, until: datetime, resolution: AgendaResolution, timezone: str) -> Agenda:
        """Return counts of past runs and future occurrences, by hour or day of a time zone."""
        asked = {"since": since.isoformat(), "until": until.isoformat(), "resolution": resolution, "timezone": timezone}
        return await self._one(models.agenda.Agenda, "GET", "/api/agenda", params=asked)

    async def agenda_entries(self, *, since: datetime, until: datetime, limit: int = 200) -> AgendaEntries:
        """Return the runs and occurrences between two times."""
        asked = {"since": since.isoformat(), "until": until.isoformat(), "limit": limit}
        return await self._one(models.agenda.AgendaEntries, "GET", "/api/agenda/entries", params=asked)

    # workers

    async def list_faults(self) -> list[Fault]:
        """Return what was set aside or restarted, the newest first; at most 500."""
        return (await self._many(models.fault.Fault, "/api/system/faults", {"limit": 500})).data

    async def retry_faults(self, ids: Sequence[int] | None = None) -> int:
        """Remove faults, None for all, so that what was set aside is tried again; return how many."""
        choice = {"ids": list(ids) if ids is not None else None}
        return (await self._one(models.fault.FaultsRetried, "POST", "/api/system/faults/retry", json=choice)).count

    async def list_workers(self, **params: Unpack[PageParams]) -> Page[Worker]:
        return await self._many(models.worker.Worker, "/api/workers", params)

    async def get_worker(self, worker_id: str) -> Worker:
        """Return a worker with what its owner permits."""
        return await self._one(models.worker.Worker, "GET", f"/api/workers/{quote(worker_id, safe='')}")

    async def drain_worker(self, worker_id: str) -> Worker:
        """Assign no more runs to a worker. Its current runs continue."""
        return await self._one(models.worker.Worker, "POST", f"/api/workers/{quote(worker_id, safe='')}/drain")

    async def resume_worker(self, worker_id: str) -> Worker:
        """Assign runs to a drained worker again."""
        return await self._one(models.worker.Worker, "POST", f"/api/workers/{quote(worker_id, safe='')}/resume")

    async def list_alerts(self, *, task_id: int | None = None, limit: int = 50) -> list[Alert]:
        """Return the newest alerts, or those about one task."""
        return (await self._many(models.alert.Alert, "/api/alerts", {"task_id": task_id, "limit": limit})).data

    async def list_silences(self) -> list[Silence]:
        """Return the silences that have not ended."""
        return (await self._many(models.alert.Silence, "/api/alerts/silences", {})).data

    async def add_silence(self, fields: SilenceFields) -> Silence:
        """Send no alerts for a task, a folder or all tasks for a while."""
        return await self._one(
            models.alert.Silence, "POST", "/api/alerts/silences", json=fields.model_dump(mode="json")
        )

    async def change_silences(self, request: BulkSilences) -> BulkResult:
        """Silence many tasks, or end many silences; `ids` of the answer are those of the silences."""
        return await self._bulk("/api/alerts/silences/bulk", request)

    async def change_alerts(self, request: ChangeAlerts) -> BulkResult:
        """Acknowledge open alerts by the ids of their messages, or take that back."""
        return await self._bulk("/api/alerts/bulk", request)

    async def end_silence(self, silence_id: int) -> None:
        """End a silence now; raises `NotFoundError` if it has ended."""
        await self.request("DELETE", f"/api/alerts/silences/{silence_id}")

    async def enroll_worker(self, worker_id: str) -> WorkerEnrolment:
        """Give a worker a new key, which is shown once and replaces its former one."""
        return await self._one(models.worker.WorkerEnrolment, "POST", f"/api/workers/{quote(worker_id, safe='')}/key")

    async def revoke_worker(self, worker_id: str) -> None:
        """Refuse what a worker sends from now on."""
        await self.request("DELETE", f"/api/workers/{quote(worker_id, safe='')}/key")

    async def list_worker_keys(self, **params: Unpack[PageParams]) -> Page[WorkerKeyInfo]:
        """Return the workers that were enrolled, by id."""
        return await self._many(models.worker.WorkerKeyInfo, "/api/workers/keys", params)

    async def delete_worker(self, worker_id: str) -> None:
        """Delete a worker that is offline or lost."""
        await self.request("DELETE", f"/api/workers/{quote(worker_id, safe='')}")

    # system

    async def info(self) -> SystemInfo:
        """Return the backend's versions and uptime."""
        return await self._one(models.system.SystemInfo, "GET", "/api/system/info")

    async def stats(self) -> SystemStats:
        """Return counts of tasks, runs and workers, and rates."""
        return await self._one(models.system.SystemStats, "GET", "/api/system/stats")

    async def executors(self) -> list[ExecutorInfo]:
        """Return the installed executors."""
        return (await self._many(models.system.ExecutorInfo, "/api/system/executors", {})).data

    async def audit(self, **params: Unpack[AuditParams]) -> Page[AuditEntry]:
        """Return the audit log, newest first."""
        return await self._many(models.system.AuditEntry, "/api/audit", params)

    async def export_audit(self, params: Mapping[str, Any]) -> AsyncGenerator[str, None]:
        """Yield the audit log as JSON lines, oldest first; `params` as those of `audit`, without the page."""
        query = {
            name: rfc3339(value) if isinstance(value, datetime) else value
            for name, value in params.items()
            if value is not None
        }
        self._check_open()
        try:
            request = self._http.build_request("GET", "/api/audit/export", params=query)
            async with self._calls.streamed(request) as response:
                if not response.is_success:
                    await response.aread()
                    raise as_error(response)
                async for line in response.aiter_lines():
                    yield line
        except httpx.HTTPError as error:
            raise unreachable(self.base_url, error) from error

    async def dispatcher(self) -> DispatcherInfo:
        """Return the active dispatcher."""
        return await self._one(models.system.DispatcherInfo, "GET", "/api/system/dispatcher")

    async def queues(self) -> QueueDepth:
        """Return the current depth of the queue."""
        return await self._one(models.system.QueueDepth, "GET", "/api/system/queues")

    async def queue_history(self, **params: Unpack[HistoryParams]) -> QueueHistory:
        """Return the depth of the queue over time."""
        return await self._one(models.system.QueueHistory, "GET", "/api/system/queues/history", params=params)

    async def throughput(self, **params: Unpack[HistoryParams]) -> ThroughputHistory:
        """Return the finished runs over time, with percentiles of queue time and duration."""
        return await self._one(models.system.ThroughputHistory, "GET", "/api/system/throughput", params=params)

    async def workers_history(self, **params: Unpack[WorkerHistoryParams]) -> list[WorkerHistory]:
        """Return the load of workers over time."""
        return (await self._many(models.worker.WorkerHistory, "/api/system/workers/history", params)).data

    async def ready(self) -> Readiness:
        """Return the readiness checks, also if some fail."""
        self._check_open()
        try:
            response = await self._calls.send(self._http.build_request("GET", "/ready"))
            return models.system.Readiness.model_validate(response.json())
        except (httpx.HTTPError, ValueError) as error:
            raise unreachable(self.base_url, error) from error

    # live

    async def stream(
        self, topics: list[StreamTopic], *, last_event_id: str | None = None
    ) -> AsyncGenerator[StreamItem, None]:
        """Yield items until the connection ends, which raises `BackendUnreachableError`.

        The first item is a `StreamOpened`. Pass the id of the last item as `last_event_id` to resume behind it;
        where the backend no longer has what followed, a `StreamGap` comes next. A stream that ends with its token goes
        on with a new one, or raises `UnauthorizedError` where there is none. Events of an unknown type are
        skipped: a newer backend may publish them.
        """
        params = {"topics": ",".join(topics)}
        is_first = True
        while True:
            headers = {"Last-Event-ID": last_event_id} if last_event_id else {}
            async with aclosing(self._events("/api/stream", params=params, headers=headers, last=_LAST)) as events:
                async for event in events:
                    item = stream_item(id=event.id, type=event.event, data=event.json())
                    last_event_id = event.id or last_event_id
                    if item is not None and (is_first or not isinstance(item, StreamOpened)):
                        is_first = False
                        yield item

    async def _events(
        self,
        path: str,
        *,
        params: Mapping[str, Any],
        headers: Mapping[str, str] | None = None,
        last: frozenset[str] = frozenset(),
    ) -> AsyncGenerator[ServerSentEvent, None]:
        """Yield events. The end of the connection is an error unless it follows an event of a type in `last`."""
        self._check_open()
        silence = httpx.Timeout(STREAM_SILENCE_SECONDS, connect=CONNECT_TIMEOUT_SECONDS)
        try:
            wanted = {"Accept": "text/event-stream", "Cache-Control": "no-store", **(headers or {})}
            request = self._http.build_request("GET", path, params=dict(params), headers=wanted, timeout=silence)
            async with self._calls.streamed(request) as response:
                if not response.is_success:
                    await response.aread()
                    raise as_error(response)
                async with aclosing(EventSource(response).aiter_sse()) as events:
                    async for event in events:
                        # The standard discards an event without data; httpx-sse yields one for each keep-alive.
                        if event.data:
                            yield event
                        if event.event in last:
                            return
        except httpx.HTTPError as error:
            raise unreachable(self.base_url, error) from error
        raise unreachable(self.base_url, None)
