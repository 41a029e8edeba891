"""Composes the messages that assign claimed runs to workers."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.broker.messages import Assignment, UpstreamResult
from backend.faults.model import ITEM_ERRORS, NewFault, cause_of, set_aside
from backend.runs.claim import ClaimedRun
from backend.runs.upstreams import read_upstreams
from backend.secret_store.delivery import SecretDelivery
from backend.tasks.versions import read_definitions
from shared.models.task import TaskFields

_CACHED_DEFINITIONS = 10_000
"""Bounds the memory; a definition that is not cached costs one more query."""


_ASSIGNMENT = TypeAdapter(Assignment)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A claimed run whose inputs or whose task's definition no worker could read."""

    claimed: ClaimedRun
    fault: NewFault


@dataclass(frozen=True, slots=True)
class Composed:
    """The assignments of each worker, in the order of the claimed runs, and the runs that were set aside."""

    batches: Mapping[str, Sequence[Assignment]]
    unreadable: Sequence[Unreadable]


class AssignmentComposer:
    """Joins claimed runs with the definitions of their tasks, which it caches: a version never changes."""

    def __init__(self, secrets: SecretDelivery) -> None:
        self._secrets = secrets
        self._definitions: OrderedDict[tuple[int, int], TaskFields] = OrderedDict()
        self._readable: set[tuple[int, int]] = set()
        """The cached definitions of which a worker could read an assignment."""

    async def compose(self, connection: AsyncConnection, claimed: Sequence[ClaimedRun]) -> Composed:
        """Return the messages for the workers; a run that no worker could read costs no other."""
        definitions = await self._definitions_of(connection, claimed)
        upstreams = await _upstreams_of(connection, claimed)
        readable: list[tuple[ClaimedRun, Assignment]] = []
        unreadable: list[Unreadable] = []
        for one in claimed:
            run = one.run
            key = run.task_id, run.task_version
            try:
                definition = definitions[key]
                assignment = _assignment(one, definition, upstreams.get(run.fan_out_run_id or run.id, []))
                if key not in self._readable or _has_own_inputs(one, assignment):
                    _check(assignment)
                    self._readable.add(key)
                readable.append((one, assignment))
            except ITEM_ERRORS as error:
                unreadable.append(_set_aside(one, error))
        batches: dict[str, list[Assignment]] = {}
        for one, assignment in readable:
            assert one.run.worker_id is not None
            batches.setdefault(one.run.worker_id, []).append(assignment)
        return Composed(await self._secrets.add(connection, batches), unreadable)

    async def _definitions_of(
        self, connection: AsyncConnection, claimed: Sequence[ClaimedRun]
    ) -> Mapping[tuple[int, int], TaskFields]:
        wanted = {(one.run.task_id, one.run.task_version) for one in claimed}
        missing = [key for key in wanted if key not in self._definitions]
        if missing:
            self._definitions.update(await read_definitions(connection, missing))
        found = {}
        for key in wanted:
            if key in self._definitions:
                found[key] = self._definitions[key]
                self._definitions.move_to_end(key)
        while len(self._definitions) > _CACHED_DEFINITIONS:
            key, _ = self._definitions.popitem(last=False)
            self._readable.discard(key)
        return found


def _has_own_inputs(claimed: ClaimedRun, assignment: Assignment) -> bool:
    """Return whether an assignment consists of more than its task's definition."""
    return bool(claimed.arguments or claimed.environment or assignment.upstreams)


def _check(assignment: Assignment) -> None:
    """Raise ValueError for an assignment that a worker would refuse with its whole message."""
    _ASSIGNMENT.validate_json(_ASSIGNMENT.dump_json(assignment, warnings="none"))


def _set_aside(claimed: ClaimedRun, error: Exception) -> Unreadable:
    run = claimed.run
    cause = (
        f"version {run.task_version} of its task does not exist or cannot be read"
        if isinstance(error, KeyError)
        else cause_of(error)
    )
    return Unreadable(
        claimed,
        set_aside(
            "run",
            run.id,
            name=f"{run.id} of {run.task_name}",
            cause=f"no worker could read it: {cause}",
            next_step="It failed. Save its task again, and retry the run.",
        ),
    )


async def _upstreams_of(connection: AsyncConnection, claimed: Sequence[ClaimedRun]) -> dict[int, list[UpstreamResult]]:
    """Return the results that runs depend on. Child runs depend on those of their parent run."""
    wanted = {
        one.run.fan_out_run_id or one.run.id for one in claimed if one.run.parent_run_id or one.run.fan_out_run_id
    }
    if not wanted:
        return {}
    found = await read_upstreams(connection, sorted(wanted))
    return {
        run_id: [
            UpstreamResult(task_name=run.task_name, run_id=run.run_id, status=run.status, output=run.output)
            for run in runs
        ]
        for run_id, runs in found.items()
    }


def _timeout_seconds(claimed: ClaimedRun, definition: TaskFields) -> float:
    """Return the timeout of the attempt: what is left of the timeout of all retries, if that is less."""
    if definition.retry_timeout_seconds is None:
        return definition.timeout_seconds
    left = definition.retry_timeout_seconds - claimed.tried_for.total_seconds()
    return max(1.0, min(float(definition.timeout_seconds), left))


def _assignment(claimed: ClaimedRun, definition: TaskFields, upstreams: list[UpstreamResult]) -> Assignment:
    """Return the message; arguments and environment of the run override those of its task."""
    run = claimed.run
    return Assignment(
        run_id=run.id,
        attempt=run.attempt,
        task_id=run.task_id,
        task_name=run.task_name,
        executor=definition.executor,
        command=definition.command,
        arguments=claimed.arguments if claimed.arguments is not None else definition.arguments,
        environment=definition.environment | (claimed.environment or {}),
        working_directory=definition.working_directory,
        run_as=definition.run_as,
        timeout_seconds=_timeout_seconds(claimed, definition),
        scheduled_for=run.scheduled_for,
        shard_index=run.shard_index,
        shard_total=run.shard_total,
        fan_out_run_id=run.fan_out_run_id,
        upstreams=upstreams,
        max_memory_mb=definition.max_memory_mb,
        max_cpu_seconds=definition.max_cpu_seconds,
        max_open_files=definition.max_open_files,
        folder=definition.folder,
        labels=definition.labels,
        traceparent=claimed.traceparent,
    )
