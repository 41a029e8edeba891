"""The verdict, from the database, a trigger of the drill, and the ledger of the commands."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field

import asyncpg

from tests.faults.drill.load import ONCE

FINAL = ("succeeded", "failed", "timed_out", "cancelled")

# Each change to or from an outcome adds a row, so that an overwritten outcome is detected.
WITNESS = """
    create table drill_outcomes (run_id bigint not null, status text not null, at timestamptz not null);
    create function drill_witness() returns trigger language plpgsql as $$
    begin
        insert into drill_outcomes values (new.id, new.status, clock_timestamp());
        return new;
    end $$;
    create trigger drill_witness after update of status on runs for each row
        when (new.status is distinct from old.status and (
            new.status in ('succeeded', 'failed', 'timed_out', 'cancelled')
            or old.status in ('succeeded', 'failed', 'timed_out', 'cancelled')))
        execute function drill_witness();
"""


@dataclass(frozen=True, slots=True)
class Execution:
    """One line of the ledger: `word` is began, tried or done."""

    run_id: int
    attempt: int
    word: str


@dataclass(slots=True)
class Verdict:
    """The verdict over a drill's runs; `faults` describes each lost or doubled one."""

    runs: int = 0
    lost: int = 0
    doubled: int = 0
    repeated: int = 0
    """Runs with more than one attempt: permitted where a worker was lost."""
    faults: list[str] = field(default_factory=list)


def judge(
    acknowledged: Mapping[int, str],
    statuses: Mapping[int, str],
    outcomes: Iterable[tuple[int, str]],
    executions: Sequence[Execution],
    *,
    cancelled: Set[int] = frozenset(),
) -> Verdict:
    """Return the verdict over every run that the API has acknowledged, given with the kind of its task.

    `cancelled` are those that the drill asked to cancel. Lost: it is not there, has no outcome, has one that its
    command did not earn, or failed although its task may be tried again. Doubled: two outcomes, one attempt that began
    twice, or a run of an at-most-once task that did.
    """
    verdict = Verdict(runs=len(acknowledged))
    recorded: dict[int, list[str]] = defaultdict(list)
    for run_id, outcome in outcomes:
        recorded[run_id].append(outcome)
    began = Counter((one.run_id, one.attempt) for one in executions if one.word == "began")
    began_of_run = Counter(one.run_id for one in executions if one.word == "began")
    done = {one.run_id for one in executions if one.word == "done"}
    twice = {run_id for (run_id, _), count in began.items() if count > 1}
    for run_id, kind in acknowledged.items():
        status = statuses.get(run_id)
        name = f"run {run_id} ({kind}, {status or 'not there'})"
        if status not in FINAL:
            verdict.lost += 1
            verdict.faults.append(f"{name} has no outcome")
        elif status == "succeeded" and run_id not in done:
            verdict.lost += 1
            verdict.faults.append(f"{name}: its command never ended")
        elif status == "cancelled" and run_id in cancelled:
            pass
        elif status != "succeeded" and not (kind == ONCE and status == "failed"):
            verdict.lost += 1
            verdict.faults.append(f"{name} may be tried again, and was not")
        if len(recorded[run_id]) > 1:
            verdict.doubled += 1
            verdict.faults.append(f"{name} has the outcomes {', '.join(recorded[run_id])}")
        elif run_id in twice:
            verdict.doubled += 1
            verdict.faults.append(f"{name}: one attempt began twice")
        elif kind == ONCE and began_of_run[run_id] > 1:
            verdict.doubled += 1
            verdict.faults.append(f"{name} began {began_of_run[run_id]} times")
    verdict.repeated = sum(began_of_run[run_id] > 1 for run_id, kind in acknowledged.items() if kind != "flaky")
    return verdict


def read_ledger(lines: Iterable[str]) -> list[Execution]:
    """Return the lines of the ledger, without one that a kill truncated."""
    executions = []
    for line in lines:
        words = line.split()
        if len(words) == 3 and words[0].isdigit() and words[1].isdigit():
            executions.append(Execution(int(words[0]), int(words[1]), words[2]))
    return executions


async def read_statuses(
    connection: "asyncpg.Connection[asyncpg.Record]", run_ids: Sequence[int]
) -> tuple[dict[int, str], list[tuple[int, str]]]:
    """Return the runs' statuses, and every outcome that the trigger recorded."""
    rows = await connection.fetch("select id, status from runs where id = any($1::bigint[])", run_ids)
    seen = await connection.fetch(
        "select run_id, status from drill_outcomes where run_id = any($1::bigint[]) order by at", run_ids
    )
    return {row["id"]: row["status"] for row in rows}, [(row["run_id"], row["status"]) for row in seen]
