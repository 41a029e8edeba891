"""The client for programs without an event loop. `make sync-client` writes this module from `client.py`."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, Unpack

import httpx
from pydantic import JsonValue

from shared.client.client import ANSWER_TIMEOUT_SECONDS, TaskdeckClient
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
from shared.client.loop_thread import LoopThread
from shared.client.stream import StreamItem
from shared.enums import Permission, Priority, StreamTopic
from shared.models.auth import SignedInUser, SignInMethods, TokenPair
from shared.models.base import Page

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


class SyncTaskdeckClient:
    """One backend's API, as `TaskdeckClient` has it: the same methods, each of which waits for its answer.

    Close it, or use it in a `with` statement. It may be used by several threads.
    """

    def __init__(
        self,
        base_url: str,
        *,
        auth: httpx.Auth | None = None,
        tls: ssl.SSLContext | None = None,
        allows_http: bool = False,
    ) -> None:
        """Raises `ClearTextRefusedError` for HTTP to another machine, unless `allows_http`."""
        self._client = TaskdeckClient(base_url, auth=auth, tls=tls, allows_http=allows_http)
        self._thread = LoopThread("taskdeck client")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the calls under way and close the connections."""
        if not self._thread.is_closed:
            self._thread.run(self._client.close())
            self._thread.close()

    def request(
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
        return self._thread.run(
            self._client.request(method, path, params=params, json=json, headers=headers, answer_seconds=answer_seconds)
        )

    def login(self, username: str, password: str) -> TokenPair:
        """Return the tokens for `LoginAuth`."""
        return self._thread.run(self._client.login(username, password))

    def sign_in_methods(self) -> SignInMethods:
        """Return how users sign in; a backend that does not say so knows passwords only."""
        return self._thread.run(self._client.sign_in_methods())

    def exchange_code(self, code: str, code_verifier: str) -> TokenPair:
        """Return the tokens for the code that a browser brought."""
        return self._thread.run(self._client.exchange_code(code, code_verifier))

    def log_out(self, refresh_token: str, *, everywhere: bool = False) -> None:
        """End the session of a refresh token, or all sessions of its user."""
        self._thread.run(self._client.log_out(refresh_token, everywhere=everywhere))

    def me(self) -> SignedInUser:
        """Return the user who is signed in, with what the token permits."""
        return self._thread.run(self._client.me())

    def list_grants(self, *, user: str | None = None, group: str | None = None) -> list[Grant]:
        """Return the grants in the folders that the user administers, of one user or group if given."""
        return self._thread.run(self._client.list_grants(user=user, group=group))

    def add_grant(
        self, folder: str, permission: Permission, *, user: str | None = None, group: str | None = None
    ) -> Grant:
        """Grant a user or a group a permission in a folder, instead of a former one there."""
        return self._thread.run(self._client.add_grant(folder, permission, user=user, group=group))

    def remove_grant(self, grant_id: int) -> None:
        """Remove a grant."""
        self._thread.run(self._client.remove_grant(grant_id))

    def change_password(self, current: str, new: str) -> None:
        """Change the password of the user who is signed in; this client goes on with a new session."""
        self._thread.run(self._client.change_password(current, new))

    def list_tasks(self, **params: Unpack[TaskListParams]) -> Page[Task]:
        return self._thread.run(self._client.list_tasks(**params))

    def count_tasks(self, **params: Unpack[TaskFilter]) -> int:
        return self._thread.run(self._client.count_tasks(**params))

    def task_folders(self) -> list[TaskFolder]:
        """Return the folders that contain tasks."""
        return self._thread.run(self._client.task_folders())

    def recent_outcomes(self, task_ids: Iterable[int], *, count: int = 20) -> dict[int, list[Outcome]]:
        """Return the last `count` outcomes of up to 200 tasks, newest first."""
        return self._thread.run(self._client.recent_outcomes(task_ids, count=count))

    def get_task(self, task_id: int) -> Task:
        return self._thread.run(self._client.get_task(task_id))

    def create_task(self, fields: Mapping[str, Any], *, idempotency_key: str | None = None) -> Task:
        return self._thread.run(self._client.create_task(fields, idempotency_key=idempotency_key))

    def update_task(self, task_id: int, changes: Mapping[str, Any], *, etag: str | None = None) -> Task:
        """Change the given fields; with `etag`, only if the task has not changed since it was read."""
        return self._thread.run(self._client.update_task(task_id, changes, etag=etag))

    def apply_tasks(self, tasks: Sequence[Mapping[str, Any]], *, dry_run: bool = False) -> ApplyResult:
        """Create and change up to 10,000 tasks, all or none; fields that are not given stay as they are."""
        return self._thread.run(self._client.apply_tasks(tasks, dry_run=dry_run))

    def apply_definitions(
        self,
        definitions: Mapping[Section, Sequence[Mapping[str, Any]]],
        *,
        prune: PruneFilter | None = None,
        exact: bool = False,
        dry_run: bool = False,
        plan: str | None = None,
    ) -> DefinitionsResult:
        """Create, change and prune what files define, all or none; with `plan`, only what that dry run answered."""
        return self._thread.run(
            self._client.apply_definitions(definitions, prune=prune, exact=exact, dry_run=dry_run, plan=plan)
        )

    def change_tasks(self, request: BulkTasks, *, idempotency_key: str | None = None) -> BulkResult:
        """Change many tasks by one request; the answer counts what was changed, and what was not and why."""
        return self._thread.run(self._client.change_tasks(request, idempotency_key=idempotency_key))

    def change_runs(self, request: BulkRuns, *, idempotency_key: str | None = None) -> BulkResult:
        """Change many runs by one request; the answer counts what was changed, and what was not and why."""
        return self._thread.run(self._client.change_runs(request, idempotency_key=idempotency_key))

    def delete_task(self, task_id: int) -> None:
        """Delete a task and its runs."""
        self._thread.run(self._client.delete_task(task_id))

    def trigger_task(self, task_id: int, options: Mapping[str, Any] | None = None) -> Run:
        """Create a run of a task now; `options` are the fields of `TriggerRequest`."""
        return self._thread.run(self._client.trigger_task(task_id, options))

    def pause_task(self, task_id: int) -> Task:
        """Pause a task's schedule."""
        return self._thread.run(self._client.pause_task(task_id))

    def resume_task(self, task_id: int) -> Task:
        """Resume a task's schedule. Occurrences during the pause are skipped."""
        return self._thread.run(self._client.resume_task(task_id))

    def upcoming(self, task_id: int, count: int = 10) -> UpcomingTimes:
        """Return the next occurrences of a task."""
        return self._thread.run(self._client.upcoming(task_id, count))

    def preview_schedule(self, schedule: str, timezone: str, count: int = 10, **more: JsonValue) -> SchedulePreview:
        """Return the description and the times of a schedule; `more` are further fields of `SchedulePreviewRequest`.

        `ValidationFailedError` names the invalid field.
        """
        return self._thread.run(self._client.preview_schedule(schedule, timezone, count, **more))

    def task_graph(self, task_id: int | None = None, *, unconnected: bool = False) -> TaskGraph:
        """Return all tasks with dependencies, or one task with its upstream and downstream tasks.

        `unconnected` adds tasks without dependencies.
        """
        return self._thread.run(self._client.task_graph(task_id, unconnected=unconnected))

    def list_runs(self, **params: Unpack[RunListParams]) -> Page[Run]:
        return self._thread.run(self._client.list_runs(**params))

    def get_run(self, run_id: int) -> Run:
        """Return a run with the tails of its output."""
        return self._thread.run(self._client.get_run(run_id))

    def attempts(self, run_id: int) -> list[Attempt]:
        """Return every attempt of a run, oldest first."""
        return self._thread.run(self._client.attempts(run_id))

    def run_inputs(self, run_id: int) -> RunInputs:
        """Return the command, arguments and environment that a run received."""
        return self._thread.run(self._client.run_inputs(run_id))

    def resources(self, run_id: int) -> list[ResourceSample]:
        """Return the resource usage of a run's processes over time, for each attempt."""
        return self._thread.run(self._client.resources(run_id))

    def runs_beside(self, run_id: int, *, limit: int = 50) -> list[Run]:
        """Return the runs that ran on the same worker at the same time, the last to start first."""
        return self._thread.run(self._client.runs_beside(run_id, limit=limit))

    def versions(self, task_id: int) -> list[TaskVersion]:
        """Return the versions of a task, the newest first, each with what it changed."""
        return self._thread.run(self._client.versions(task_id))

    def version_diff(self, task_id: int, *, before: int, after: int) -> list[FieldChange]:
        """Return the fields that differ between two versions of a task."""
        return self._thread.run(self._client.version_diff(task_id, before=before, after=after))

    def logs(
        self, run_id: int, *, after: int | None = None, limit: int | None = None, stream: str | None = None
    ) -> Page[LogChunk]:
        """Return the log chunks that follow the chunk with the id `after`."""
        return self._thread.run(self._client.logs(run_id, after=after, limit=limit, stream=stream))

    def follow_logs(self, run_id: int, *, after: int | None = None) -> Iterator[LogChunk]:
        """Yield log chunks live, until the run ends."""
        yield from self._thread.iterate(self._client.follow_logs(run_id, after=after))

    def wait_for_run(self, run_id: int) -> Run:
        """Return a run once it has ended, in whatever way."""
        return self._thread.run(self._client.wait_for_run(run_id))

    def start_test_run(self, fields: Mapping[str, Any]) -> Run:
        """Start a test run of the given fields, without saving a task. It is deleted after an hour."""
        return self._thread.run(self._client.start_test_run(fields))

    def cancel_run(self, run_id: int) -> Run:
        """Cancel a waiting run, or request cancellation of a running one."""
        return self._thread.run(self._client.cancel_run(run_id))

    def retry_run(self, run_id: int, *, as_it_was: bool = False) -> Run:
        """Create a new run of a finished one, with the task's current definition or that of the original run."""
        return self._thread.run(self._client.retry_run(run_id, as_it_was=as_it_was))

    def batch(self, runs: Sequence[Mapping[str, Any]]) -> BatchResult:
        """Create up to 10,000 runs at once."""
        return self._thread.run(self._client.batch(runs))

    def queue(self, **params: Unpack[QueueParams]) -> QueuePage:
        """Return running runs, then waiting ones in the order in which they start."""
        return self._thread.run(self._client.queue(**params))

    def queued_tasks(self, **params: Unpack[QueuedTasksParams]) -> Page[QueuedTask]:
        """Return the tasks with the most runs in the queue, most first."""
        return self._thread.run(self._client.queued_tasks(**params))

    def cancel_runs(self, run_ids: Sequence[int]) -> RunsChanged:
        """Cancel each of the runs; the answer lists those that were refused."""
        return self._thread.run(self._client.cancel_runs(run_ids))

    def set_priority(self, run_ids: Sequence[int], priority: Priority) -> RunsChanged:
        """Change the priority of each of the waiting runs."""
        return self._thread.run(self._client.set_priority(run_ids, priority))

    def start_now(self, run_ids: Sequence[int]) -> RunsChanged:
        """Start each of the waiting runs before all others, regardless of limits."""
        return self._thread.run(self._client.start_now(run_ids))

    def agenda(self, *, since: datetime, until: datetime, resolution: AgendaResolution, timezone: str) -> Agenda:
        """Return counts of past runs and future occurrences, by hour or day of a time zone."""
        return self._thread.run(self._client.agenda(since=since, until=until, resolution=resolution, timezone=timezone))

    def agenda_entries(self, *, since: datetime, until: datetime, limit: int = 200) -> AgendaEntries:
        """Return the runs and occurrences between two times."""
        return self._thread.run(self._client.agenda_entries(since=since, until=until, limit=limit))

    def list_faults(self) -> list[Fault]:
        """Return what was set aside or restarted, the newest first; at most 500."""
        return self._thread.run(self._client.list_faults())

    def retry_faults(self, ids: Sequence[int] | None = None) -> int:
        """Remove faults, None for all, so that what was set aside is tried again; return how many."""
        return self._thread.run(self._client.retry_faults(ids))

    def list_workers(self, **params: Unpack[PageParams]) -> Page[Worker]:
        return self._thread.run(self._client.list_workers(**params))

    def get_worker(self, worker_id: str) -> Worker:
        """Return a worker with what its owner permits."""
        return self._thread.run(self._client.get_worker(worker_id))

    def drain_worker(self, worker_id: str) -> Worker:
        """Assign no more runs to a worker. Its current runs continue."""
        return self._thread.run(self._client.drain_worker(worker_id))

    def resume_worker(self, worker_id: str) -> Worker:
        """Assign runs to a drained worker again."""
        return self._thread.run(self._client.resume_worker(worker_id))

    def list_alerts(self, *, task_id: int | None = None, limit: int = 50) -> list[Alert]:
        """Return the newest alerts, or those about one task."""
        return self._thread.run(self._client.list_alerts(task_id=task_id, limit=limit))

    def list_silences(self) -> list[Silence]:
        """Return the silences that have not ended."""
        return self._thread.run(self._client.list_silences())

    def add_silence(self, fields: SilenceFields) -> Silence:
        """Send no alerts for a task, a folder or all tasks for a while."""
        return self._thread.run(self._client.add_silence(fields))

    def change_silences(self, request: BulkSilences) -> BulkResult:
        """Silence many tasks, or end many silences; `ids` of the answer are those of the silences."""
        return self._thread.run(self._client.change_silences(request))

    def change_alerts(self, request: ChangeAlerts) -> BulkResult:
        """Acknowledge open alerts by the ids of their messages, or take that back."""
        return self._thread.run(self._client.change_alerts(request))

    def end_silence(self, silence_id: int) -> None:
        """End a silence now; raises `NotFoundError` if it has ended."""
        self._thread.run(self._client.end_silence(silence_id))

    def enroll_worker(self, worker_id: str) -> WorkerEnrolment:
        """Give a worker a new key, which is shown once and replaces its former one."""
        return self._thread.run(self._client.enroll_worker(worker_id))

    def revoke_worker(self, worker_id: str) -> None:
        """Refuse what a worker sends from now on."""
        self._thread.run(self._client.revoke_worker(worker_id))

    def list_worker_keys(self, **params: Unpack[PageParams]) -> Page[WorkerKeyInfo]:
        """Return the workers that were enrolled, by id."""
        return self._thread.run(self._client.list_worker_keys(**params))

    def delete_worker(self, worker_id: str) -> None:
        """Delete a worker that is offline or lost."""
        self._thread.run(self._client.delete_worker(worker_id))

    def info(self) -> SystemInfo:
        """Return the backend's versions and uptime."""
        return self._thread.run(self._client.info())

    def stats(self) -> SystemStats:
        """Return counts of tasks, runs and workers, and rates."""
        return self._thread.run(self._client.stats())

    def executors(self) -> list[ExecutorInfo]:
        """Return the installed executors."""
        return self._thread.run(self._client.executors())

    def audit(self, **params: Unpack[AuditParams]) -> Page[AuditEntry]:
        """Return the audit log, newest first."""
        return self._thread.run(self._client.audit(**params))

    def export_audit(self, params: Mapping[str, Any]) -> Iterator[str]:
        """Yield the audit log as JSON lines, oldest first; `params` as those of `audit`, without the page."""
        yield from self._thread.iterate(self._client.export_audit(params))

    def dispatcher(self) -> DispatcherInfo:
        """Return the active dispatcher."""
        return self._thread.run(self._client.dispatcher())

    def queues(self) -> QueueDepth:
        """Return the current depth of the queue."""
        return self._thread.run(self._client.queues())

    def queue_history(self, **params: Unpack[HistoryParams]) -> QueueHistory:
        """Return the depth of the queue over time."""
        return self._thread.run(self._client.queue_history(**params))

    def throughput(self, **params: Unpack[HistoryParams]) -> ThroughputHistory:
        """Return the finished runs over time, with percentiles of queue time and duration."""
        return self._thread.run(self._client.throughput(**params))

    def workers_history(self, **params: Unpack[WorkerHistoryParams]) -> list[WorkerHistory]:
        """Return the load of workers over time."""
        return self._thread.run(self._client.workers_history(**params))

    def ready(self) -> Readiness:
        """Return the readiness checks, also if some fail."""
        return self._thread.run(self._client.ready())

    def stream(self, topics: list[StreamTopic], *, last_event_id: str | None = None) -> Iterator[StreamItem]:
        """Yield items until the connection ends, which raises `BackendUnreachableError`.

        The first item is a `StreamOpened`. Pass the id of the last item as `last_event_id` to resume behind it;
        where the backend no longer has what followed, a `StreamGap` comes next. A stream that ends with its token goes
        on with a new one, or raises `UnauthorizedError` where there is none. Events of an unknown type are
        skipped: a newer backend may publish them.
        """
        yield from self._thread.iterate(self._client.stream(topics, last_event_id=last_event_id))
