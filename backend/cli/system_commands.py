"""`taskdeck system`: the backend itself, its queue and its figures over time."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from pydantic import BaseModel

from backend.cli.completion import complete_worker
from backend.cli.connection import call
from backend.cli.output import AsJson, instant, print_facts, print_json, print_table, span
from shared.client import TaskdeckClient
from shared.models.system import Percentiles
from shared.schedule.durations import parse_duration

app = typer.Typer(no_args_is_help=True, help="The backend: versions, figures, executors, and the past of the queue.")
history_app = typer.Typer(no_args_is_help=True, help="Figures over time: queue, throughput, workers.")
app.add_typer(history_app, name="history")
_Since = Annotated[str, typer.Option("--for", help="How far back, such as 1h or 7d.")]
_Step = Annotated[str | None, typer.Option("--step", help="Time between two rows, such as 5m. Default: by the span.")]


@app.command()
def info(as_json: AsJson = False) -> None:
    """Show versions, uptime, roles, and which replica dispatches."""

    async def work(client: TaskdeckClient) -> tuple[Any, Any, Any]:
        return await client.info(), await client.dispatcher(), await client.ready()

    about, dispatcher, readiness = call(work)
    if as_json:
        print_json({**about.model_dump(mode="json"), "dispatcher": dispatcher, "readiness": readiness})
        return
    print_facts(
        [
            ("Version", about.version),
            ("Python", about.python_version),
            ("PostgreSQL", about.database_version),
            ("Broker", about.broker),
            ("Replica", f"{about.replica_id} ({', '.join(about.roles)})"),
            ("Started", instant(about.started_at)),
            ("Dispatcher", f"{dispatcher.replica_id or 'none'}, since {instant(dispatcher.since)}"),
            *((check.name.capitalize(), "ok" if check.ok else check.detail or "failed") for check in readiness.checks),
        ]
    )


@app.command()
def stats(as_json: AsJson = False) -> None:
    """Show counts of tasks, runs and workers, and rates of the last hour."""
    _print_fields(call(lambda client: client.stats()), as_json=as_json)


@app.command()
def queues(as_json: AsJson = False) -> None:
    """Show how many runs wait, by priority and task type, and what no worker can run."""
    found = call(lambda client: client.queues())
    if as_json:
        print_json(found)
        return
    print_facts(
        [
            ("Waiting", str(found.waiting)),
            ("Blocked", str(found.blocked)),
            ("In flight", str(found.in_flight)),
            ("Oldest", span(found.oldest_waiting_seconds) if found.oldest_waiting_seconds is not None else ""),
            ("By priority", ", ".join(f"{name} {count}" for name, count in found.by_priority.items())),
            ("By type", ", ".join(f"{name} {count}" for name, count in found.by_task_type.items())),
            ("No worker", "\n".join(f"{one.runs} of {one.task_type}: {one.reason}" for one in found.unschedulable)),
        ]
    )


@app.command()
def executors(as_json: AsJson = False) -> None:
    """List the executors that tasks can name."""
    found = call(lambda client: client.executors())
    if as_json:
        print_json(found)
        return
    print_table(
        ("NAME", "DESCRIPTION", "READS"),
        (
            (
                one.name,
                one.description,
                ", ".join(
                    word
                    for word, is_read in (
                        ("arguments", one.supports_arguments),
                        ("environment", one.supports_environment),
                        ("working_directory", one.supports_working_directory),
                        ("run_as", one.supports_run_as),
                    )
                    if is_read
                ),
            )
            for one in found
        ),
        empty="There are no executors.",
    )


@history_app.command("queue")
def queue_history(since: _Since = "1h", step: _Step = None, as_json: AsJson = False) -> None:
    """Show the depth of the queue over time."""
    found = call(lambda client: client.queue_history(**_span(since, step)))
    if as_json:
        print_json(found.samples)
        return
    print_table(
        ("AT", "WAITING", "IN FLIGHT", "SUCCEEDED", "FAILED"),
        (
            (_at(one.at), str(one.waiting), str(one.in_flight), str(one.succeeded), str(one.failed))
            for one in found.samples
        ),
        empty="There are no samples in this time.",
    )


@history_app.command("throughput")
def throughput(since: _Since = "1h", step: _Step = None, as_json: AsJson = False) -> None:
    """Show finished runs over time, with percentiles of queue time and duration."""
    found = call(lambda client: client.throughput(**_span(since, step)))
    if as_json:
        print_json(found.steps)
        return
    print_table(
        ("AT", "SUCCEEDED", "FAILED", "QUEUE TIME P50/P95/P99", "DURATION P50/P95/P99"),
        (
            (_at(one.at), str(one.succeeded), str(one.failed), _percentiles(one.wait), _percentiles(one.duration))
            for one in found.steps
        ),
        empty="No run finished in this time.",
    )


@history_app.command("workers")
def workers_history(
    since: _Since = "1h",
    step: _Step = None,
    worker: Annotated[
        list[str] | None,
        typer.Option(help="Only this worker, by id. Repeatable.", autocompletion=complete_worker),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show the load of workers over time."""
    found = call(lambda client: client.workers_history(**_span(since, step), worker_id=worker or []))
    if as_json:
        print_json(found)
        return
    rows = [
        (one.worker_id, _at(sample.at), *(str(value) for value in _figures(sample)))
        for one in found
        for sample in one.samples
    ]
    titles = _titles(sample for one in found for sample in one.samples)
    print_table(("WORKER", "AT", *titles), rows, empty="There are no samples in this time.")


def _figures(sample: BaseModel) -> list[Any]:
    return [
        value if value is not None else "" for name, value in sample.model_dump(mode="json").items() if name != "at"
    ]


def _titles(samples: Iterable[BaseModel]) -> Sequence[str]:
    first = next(iter(samples), None)
    names = [] if first is None else [name for name in type(first).model_fields if name != "at"]
    return [name.replace("_", " ").upper() for name in names]


def _span(since: str, step: str | None) -> dict[str, Any]:
    """Return the span of a request; raises a usage error for what is no duration."""
    try:
        found: dict[str, Any] = {"since": datetime.now(UTC) - parse_duration(since)}
        if step is not None:
            found["resolution"] = int(parse_duration(step).total_seconds())
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    return found


def _at(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S}"


def _percentiles(found: Percentiles | None) -> str:
    return "" if found is None else f"{found.p50_ms:.0f}/{found.p95_ms:.0f}/{found.p99_ms:.0f} ms"


def _print_fields(found: BaseModel, *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    print_facts(
        [
            (name.replace("_", " ").capitalize(), "" if value is None else f"{value:,}")
            for name, value in found.model_dump(mode="json").items()
        ]
    )
