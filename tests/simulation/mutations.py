"""Guards of the product that a simulation removes on purpose, to prove that it would notice."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from unittest import mock

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.alerts import outcomes, watch
from backend.alerts.model import Outcome
from backend.database.direct_statement import DirectStatement
from backend.database.leadership import LeaderSession
from backend.runs import claim, finish, lifecycle, release, start
from backend.runs.conditions import STARTED
from backend.runs.finish_statements import FINISH
from backend.worker.command_gate import CommandGate, Verdict
from backend.worker.held_attempts import HeldAttempts
from backend.workers.absent_runs import AbsentRuns
from shared.enums import RunStatus


@dataclass(frozen=True, slots=True)
class Mutation:
    """A broken product; `apply` breaks this process."""

    breaks: str
    apply: Callable[[], None]


def _patch(target: object, name: str, value: object) -> None:
    mock.patch.object(target, name, value).start()


def _without(statement: TextClause, *guards: str) -> DirectStatement:
    changed = statement.text
    for guard in guards:
        assert guard in changed
        changed = changed.replace(guard, "")
    return DirectStatement(text(changed))


_BY_ITS_WORKER = "and runs.worker_id is not distinct from e.worker_id"


def _late_reports() -> None:
    real = lifecycle.decide_end

    def decide(run: Any, end: Any, **more: Any) -> Any:
        return real(replace(run, attempt=end.attempt, worker_id=end.worker_id), end, **more)

    _patch(finish, "decide_end", decide)
    _patch(finish, "_FINISH", _without(FINISH, "and runs.attempt = e.attempt", _BY_ITS_WORKER))


def _foreign_starts() -> None:
    _patch(start, "_START", _without(start.START, "and runs.worker_id = s.worker_id"))


def _final_runs() -> None:
    real = lifecycle.decide_end

    def decide(run: Any, end: Any, **more: Any) -> Any:
        return real(replace(run, status=RunStatus.RUNNING), end, **more)

    _patch(finish, "decide_end", decide)
    _patch(finish, "_FINISH", _without(FINISH, f"where {STARTED}"))


def _fence() -> None:
    async def lead(_session: LeaderSession, **_more: Any) -> bool:
        return True

    from backend.dispatcher import dispatcher

    _patch(dispatcher, "try_lead", lead)


def _limits() -> None:
    def release_all(held: Sequence[Any], **_rooms: Any) -> list[int]:
        return [run.id for run in held]

    _patch(release, "decide_release", release_all)


def _doubled_assignments() -> None:
    real = CommandGate.examine

    def examine(self: CommandGate, headers: Any, body: bytes) -> Verdict:
        verdict = real(self, headers, body)
        return Verdict.OBEY if verdict is Verdict.KNOWN else verdict

    _patch(CommandGate, "examine", examine)
    _patch(HeldAttempts, "__contains__", lambda _self, _ref: False)


def _outcomes() -> None:
    real, seen = outcomes.take_outcomes, set[int]()

    async def take(connection: AsyncConnection, *, most: int) -> list[Outcome]:
        found = await real(connection, most=most)
        again = [one.run_id for one in found if one.run_id not in seen]
        seen.update(again)
        await connection.execute(outcomes.PUT_BACK, {"run_ids": again})
        return found

    _patch(watch, "take_outcomes", take)


def _absent_runs() -> None:
    def observe(_self: AbsentRuns, *_heartbeat: Any, **_more: Any) -> Iterable[Any]:
        return []

    _patch(AbsentRuns, "observe", observe)


def _claim_number() -> None:
    same_number = claim.CLAIM.text.replace("attempt = attempt + 1", "attempt = greatest(attempt, 1)")
    _patch(claim, "_CLAIM", DirectStatement(text(same_number)))


MUTATIONS = {
    "late-reports": Mutation("a report of a former attempt counts, from any worker", _late_reports),
    "foreign-starts": Mutation("a start counts from any worker", _foreign_starts),
    "final-runs": Mutation("a report changes a run that has ended", _final_runs),
    "fence": Mutation("every replica leads", _fence),
    "limits": Mutation("every held run is released", _limits),
    "doubled-assignments": Mutation("a worker executes an assignment that arrives twice", _doubled_assignments),
    "outcomes": Mutation("an outcome is examined twice", _outcomes),
    "absent-runs": Mutation("a run that its worker does not have is not noticed", _absent_runs),
    "attempt-numbers": Mutation("every attempt has the same number", _claim_number),
}
