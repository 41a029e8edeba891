"""`taskdeck run list|show|logs|cancel|retry`."""

import json
import re
import sys
from contextlib import aclosing
from typing import Annotated, Any

import typer

from backend.cli.bulk import RunChoice, change_runs, with_run_choice
from backend.cli.completion import complete_task
from backend.cli.connection import call
from backend.cli.lookup import find_task, pages
from backend.cli.output import AsJson, Yes, ago, instant, print_facts, print_json, print_json_line, print_table, took
from backend.cli.say import say
from shared.client import TaskdeckClient
from shared.enums import LogStream
from shared.models.bulk import CancelRuns, RetryRuns
from shared.models.run import Attempt, LogChunk, Run
from shared.models.trigger import RetryDefinition
from shared.printable_text import escaped

app = typer.Typer(no_args_is_help=True, help="List, show, follow, cancel and retry runs.")
RunId = Annotated[int, typer.Argument(metavar="RUN", help="A run's id.")]
RunIds = Annotated[list[int], typer.Argument(metavar="RUN...", help="Ids of runs.")]
SomeRunIds = Annotated[list[int] | None, typer.Argument(metavar="RUN...", help="Ids of runs.")]
_CHUNKS = 500
_COLOURS = re.compile(r"\x1b\[[0-9;:]*m")


def print_chunk(chunk: LogChunk, *, is_raw: bool = False) -> None:
    """Write a chunk of a log to the stream that the command wrote it to.

    A terminal gets no control characters unless `is_raw`: they could move its cursor, set its title or type for it.
    """
    stream = sys.stderr if chunk.stream is LogStream.STDERR else sys.stdout
    stream.write(chunk.text if is_raw or not stream.isatty() else for_terminal(chunk.text))
    stream.flush()


def for_terminal(text: str) -> str:
    """Return output without its colours, and with other control characters written out."""
    return escaped(_COLOURS.sub("", text).replace("\r\n", "\n"), keep="\n\t")


async def follow_to_the_end(client: TaskdeckClient, run_id: int) -> Run:
    """Print the log of a run until it ends, and return the run."""
    async with aclosing(client.follow_logs(run_id)) as chunks:
        async for chunk in chunks:
            print_chunk(chunk)
    return await client.get_run(run_id)


def progress_words(run: Run) -> str:
    """Return the progress that a command last reported."""
    percent = "" if run.progress_percent is None else f"{run.progress_percent:g} %"
    return " ".join(part for part in (percent, run.progress_text or "") if part)


def fan_out_words(run: Run) -> str:
    """Return the place of a run in a fan-out: the parent, or which child it is."""
    if run.distribution is not None:
        return f"parent run ({run.distribution}); its child runs: taskdeck run list --parent {run.id}"
    if run.shard_index is None:
        return ""
    return f"child run {run.shard_index + 1} of {run.shard_total}" + (
        f" of run {run.fan_out_run_id}" if run.fan_out_run_id else ""
    )


@app.command("list")
def list_runs(
    task: Annotated[str | None, typer.Option(help="Only runs of this task.", autocompletion=complete_task)] = None,
    status: Annotated[list[str] | None, typer.Option(help="Only runs with this status. Repeatable.")] = None,
    worker: Annotated[str | None, typer.Option(help="Only runs on this worker.")] = None,
    parent: Annotated[int | None, typer.Option(help="Only child runs of this broadcast or sharded run.")] = None,
    backfill: Annotated[int | None, typer.Option(help="Only runs of this backfill.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000_000)] = 30,
    as_json: AsJson = False,
) -> None:
    """List runs, newest first."""

    async def work(client: TaskdeckClient) -> list[dict[str, Any]]:
        task_id = (await find_task(client, task)).id if task is not None else None
        return await pages(
            client,
            "/api/runs",
            limit=limit,
            task_id=task_id,
            status=status or None,
            worker_id=worker,
            fan_out_run_id=parent,
            backfill_id=backfill,
        )

    found = call(work)
    if as_json:
        print_json(found)
        return
    runs = [Run.model_validate(one) for one in found]
    print_table(
        ("ID", "TASK", "STATUS", "TRIGGER", "WORKER", "QUEUED", "TOOK", "REASON"),
        (
            (
                str(run.id),
                run.task_name,
                run.status,
                run.trigger,
                run.worker_id or "",
                ago(run.queued_at),
                took(run.execution_time_ms),
                run.error or run.waiting_reason or "",
            )
            for run in runs
        ),
        empty="No run matches.",
    )


@app.command()
def show(run_id: RunId, as_json: AsJson = False) -> None:
    """Show a run and its attempts."""

    async def work(client: TaskdeckClient) -> tuple[Run, list[Attempt]]:
        return await client.get_run(run_id), await client.attempts(run_id)

    run, attempts = call(work)
    if as_json:
        print_json(run.model_dump(mode="json"))
        return
    print_facts(
        [
            ("Run", str(run.id)),
            ("Task", f"{run.task_name} (task {run.task_id}, version {run.task_version})"),
            ("Status", run.status),
            ("Reason", run.error or run.waiting_reason or ""),
            ("Exit code", "" if run.exit_code is None else str(run.exit_code)),
            ("Trigger", run.trigger),
            ("Scheduled", instant(run.scheduled_for)),
            ("Priority", run.priority),
            ("Worker", run.worker_id or ""),
            ("Queued", instant(run.queued_at)),
            ("Started", instant(run.started_at)),
            ("Ended", instant(run.completed_at)),
            ("Took", took(run.execution_time_ms)),
            (
                "Attempts",
                "\n".join(
                    " ".join(
                        part for part in (f"{one.attempt}.", one.outcome, one.worker_id or "", one.error or "") if part
                    )
                    for one in attempts
                ),
            ),
            ("Trace", run.trace_url or run.trace_id or ""),
            ("Progress", progress_words(run)),
            ("Fan-out", fan_out_words(run)),
            ("CPU time", "" if run.cpu_ms is None else took(run.cpu_ms)),
            ("Peak memory", "" if run.peak_memory_bytes is None else f"{run.peak_memory_bytes / 2**20:.1f} MiB"),
            ("Result", "" if run.output is None else json.dumps(run.output, ensure_ascii=False, indent=1)),
            ("Output", run.stdout_tail or ""),
            ("Errors", run.stderr_tail or ""),
        ]
    )


@app.command()
def logs(
    run_id: RunId,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Wait for more until the run ends.")] = False,
    stream: Annotated[LogStream | None, typer.Option(help="Only this one.")] = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="Let control characters, such as colours, reach the terminal.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Print a run's log: its output to the output, its errors to the errors."""

    def show_chunk(chunk: LogChunk) -> None:
        if stream is not None and chunk.stream is not stream:
            return
        if as_json:
            print_json_line(chunk)
        else:
            print_chunk(chunk, is_raw=raw)

    async def work(client: TaskdeckClient) -> None:
        await client.get_run(run_id)
        if follow:
            async with aclosing(client.follow_logs(run_id)) as chunks:
                async for chunk in chunks:
                    show_chunk(chunk)
            return
        after: int | None = None
        while page := (await client.logs(run_id, after=after, limit=_CHUNKS, stream=stream)).data:
            for chunk in page:
                show_chunk(chunk)
            after = page[-1].id

    call(work)


@app.command()
@with_run_choice
def cancel(choice: RunChoice, run_ids: SomeRunIds = None, yes: Yes = False, as_json: AsJson = False) -> None:
    """Cancel waiting runs, and request cancellation of running ones."""
    if choice.is_given:
        change_runs(
            run_ids or [],
            choice,
            lambda selection: CancelRuns(action="cancel", **selection),
            done="cancelled",
            as_json=as_json,
            question="Cancel {}?",
            yes=yes,
        )
        return

    async def work(client: TaskdeckClient) -> list[Run]:
        return [await client.cancel_run(run_id) for run_id in _required(run_ids)]

    runs = call(work)
    if as_json:
        print_json([run.model_dump(mode="json") for run in runs])
        return
    for run in runs:
        words = "is cancelled" if run.status.is_final else "is being cancelled"
        say(f"Run {run.id} of {run.task_name} {words}.")


@app.command()
@with_run_choice
def retry(
    choice: RunChoice,
    run_ids: SomeRunIds = None,
    as_it_was: Annotated[
        bool, typer.Option(help="Use the task's definition of that time, not the current one.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Run finished runs once more, each as a new run."""
    if choice.is_given:
        definition = RetryDefinition.ORIGINAL if as_it_was else RetryDefinition.CURRENT
        change_runs(
            run_ids or [],
            choice,
            lambda selection: RetryRuns(action="retry", definition=definition, **selection),
            done="started again",
            as_json=as_json,
        )
        return

    async def work(client: TaskdeckClient) -> list[Run]:
        return [await client.retry_run(run_id, as_it_was=as_it_was) for run_id in _required(run_ids)]

    runs = call(work)
    if as_json:
        print_json([run.model_dump(mode="json") for run in runs])
        return
    for run in runs:
        say(f"Run {run.id} of {run.task_name} is {run.status}.")


def _required(run_ids: list[int] | None) -> list[int]:
    if not run_ids:
        raise typer.BadParameter("name runs, or give options such as --task")
    return run_ids
