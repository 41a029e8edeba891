"""Commands that change many tasks or runs: how they are chosen, and what is printed about the answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from pydantic import BaseModel

from backend.cli.completion import complete_folder, complete_task
from backend.cli.connection import call
from backend.cli.exit_codes import ExitCode
from backend.cli.lookup import find_task
from backend.cli.option_groups import with_options
from backend.cli.output import confirm, print_json
from backend.cli.say import say
from shared import models
from shared.client import TaskdeckClient
from shared.enums import BulkReason, RunStatus, TaskStatus

if TYPE_CHECKING:
    from shared.models.bulk import BulkResult, BulkRuns, BulkTasks
    from shared.models.run_filter import RunFilterFields
    from shared.models.task_filter import TaskFilterFields

M = TypeVar("M", bound=BaseModel)

DryRun = Annotated[bool, typer.Option("--dry-run", help="Count what would be changed, and change nothing.")]
Everything = Annotated[bool, typer.Option("--all", help="All there are; needed where no other option narrows it.")]

_REASONS = {
    BulkReason.GONE: "not found",
    BulkReason.NOT_PERMITTED: "not permitted",
    BulkReason.ALREADY_PAUSED: "already paused",
    BulkReason.ALREADY_ACTIVE: "already active",
    BulkReason.UNCHANGED: "as wanted already",
    BulkReason.HAS_DEPENDENTS: "on which another task depends",
    BulkReason.INVALID_SCHEDULE: "with a schedule that cannot be evaluated",
    BulkReason.CHANGED_SINCE: "changed since",
    BulkReason.ALREADY_ENDED: "already ended",
    BulkReason.ALREADY_STARTED: "already started",
    BulkReason.NOT_ENDED: "not ended yet",
    BulkReason.TASK_DELETED: "of a deleted task",
}
"""Words that follow a number of tasks or runs, one or many."""
_AS_ASKED = {BulkReason.ALREADY_PAUSED, BulkReason.ALREADY_ACTIVE, BulkReason.UNCHANGED, BulkReason.ALREADY_ENDED}
"""Reasons for which something is already as the command would leave it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskChoice:
    """Which tasks a command changes, apart from those that it names."""

    folder: Annotated[
        str | None, typer.Option(help="All tasks in this folder and below it.", autocompletion=complete_folder)
    ] = None
    status: Annotated[TaskStatus | None, typer.Option(help="All tasks that are active or paused.")] = None
    label: Annotated[str | None, typer.Option(help="All tasks with this label, name:value.")] = None
    search: Annotated[str | None, typer.Option(help="All tasks with this text in name or description.")] = None
    executor: Annotated[str | None, typer.Option(help="All tasks of this executor.")] = None
    everything: Everything = False
    dry_run: DryRun = False

    @property
    def is_given(self) -> bool:
        """Whether an option was given."""
        return self.dry_run or self.filter() is not None

    def filter(self) -> "TaskFilterFields | None":
        """Return the filter of the options; None where none was given."""
        values = {
            "folder": self.folder,
            "status": self.status,
            "label": self.label,
            "q": self.search,
            "executor": self.executor,
        }
        return _filter_of(models.task_filter.TaskFilterFields, values, everything=self.everything)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunChoice:
    """Which runs a command changes, apart from those that it names."""

    task: Annotated[str | None, typer.Option(help="All runs of this task.", autocompletion=complete_task)] = None
    status: Annotated[list[RunStatus] | None, typer.Option(help="All runs with this status. Repeatable.")] = None
    worker: Annotated[str | None, typer.Option(help="All runs on this worker.")] = None
    search: Annotated[str | None, typer.Option(help="All runs of tasks with this text in their names.")] = None
    since: Annotated[datetime | None, typer.Option(help="Queued at or after this time, in your time zone.")] = None
    everything: Everything = False
    dry_run: DryRun = False

    @property
    def is_given(self) -> bool:
        """Whether an option was given."""
        chosen = (self.task, self.status, self.worker, self.search, self.since)
        return self.dry_run or self.everything or any(chosen)

    async def filter(self, client: TaskdeckClient) -> "RunFilterFields | None":
        """Return the filter of the options; None where none was given."""
        values = {
            "task_id": (await find_task(client, self.task)).id if self.task is not None else None,
            "status": self.status or None,
            "worker_id": self.worker,
            "q": self.search,
            "since": self.since.astimezone() if self.since is not None else None,
        }
        return _filter_of(models.run_filter.RunFilterFields, values, everything=self.everything)


with_task_choice = with_options(TaskChoice, parameter="choice")
with_run_choice = with_options(RunChoice, parameter="choice")


def _filter_of(kind: type[M], values: dict[str, Any], *, everything: bool) -> M | None:
    given = {name: value for name, value in values.items() if value is not None}
    return kind.model_validate(given) if given or everything else None


async def task_selection(client: TaskdeckClient, named: list[str], choice: TaskChoice) -> dict[str, Any]:
    """Return the fields of a request that select the named tasks, or those of the options."""
    chosen = choice.filter()
    if (chosen is None) == (not named):
        raise typer.BadParameter("name tasks or give options such as --folder, not both")
    if chosen is not None:
        return {"filter": chosen, "dry_run": choice.dry_run}
    return {"ids": [(await find_task(client, one)).id for one in named], "dry_run": choice.dry_run}


async def run_selection(client: TaskdeckClient, run_ids: list[int], choice: RunChoice) -> dict[str, Any]:
    """Return the fields of a request that select the named runs, or those of the options."""
    chosen = await choice.filter(client)
    if (chosen is None) == (not run_ids):
        raise typer.BadParameter("name runs or give options such as --task, not both")
    return {"filter" if chosen is not None else "ids": chosen or run_ids, "dry_run": choice.dry_run}


def change_tasks(
    named: list[str],
    choice: TaskChoice,
    request: "Callable[[dict[str, Any]], BulkTasks]",
    *,
    done: str,
    as_json: bool,
    question: str = "",
    yes: bool = False,
) -> None:
    """Change tasks by one request and print what was done, such as `12 tasks paused`.

    With `question`, such as `Delete {} with all runs?`, they are counted first, and no more than these are changed.
    """
    selection = call(lambda client: task_selection(client, named, choice))

    async def send(client: TaskdeckClient, **more: Any) -> "BulkResult":
        return await client.change_tasks(request(selection | more))

    if question and not yes and not choice.dry_run:
        counted = call(lambda client: send(client, dry_run=True))
        confirm(question.format(_counted(counted.changed, "task")), yes=yes)
        selection["at_most"] = max(counted.selected, 1)
    print_result(call(send), "task", done, as_json=as_json)


def change_runs(
    run_ids: list[int],
    choice: RunChoice,
    request: "Callable[[dict[str, Any]], BulkRuns]",
    *,
    done: str,
    as_json: bool,
    question: str = "",
    yes: bool = False,
) -> None:
    """Change runs by one request and print what was done, such as `12 runs cancelled`."""
    selection = call(lambda client: run_selection(client, run_ids, choice))

    async def send(client: TaskdeckClient, **more: Any) -> "BulkResult":
        return await client.change_runs(request(selection | more))

    if question and not yes and not choice.dry_run:
        counted = call(lambda client: send(client, dry_run=True))
        confirm(question.format(_counted(counted.changed, "run")), yes=yes)
    print_result(call(send), "run", done, as_json=as_json)


def print_result(result: "BulkResult", kind: str, done: str, *, as_json: bool) -> None:
    """Print the answer; the exit code is 1 if something was refused that is not yet as asked for."""
    if as_json:
        print_json(result)
    else:
        would = "would be " if result.dry_run else ""
        say(f"{_counted(result.changed, kind)} {would}{done}.")
        for one in result.refused:
            examples = ", ".join(f"{each.name} ({each.id})" if each.name else str(each.id) for each in one.examples)
            more = ", …" if one.count > len(one.examples) else ""
            say(f"Not changed: {_counted(one.count, kind)} {_REASONS[one.reason]}: {examples}{more}", err=True)
    if any(one.reason not in _AS_ASKED for one in result.refused):
        raise typer.Exit(ExitCode.FAILED)


def _counted(count: int, kind: str) -> str:
    return f"1 {kind}" if count == 1 else f"{count:,} {kind}s"
