"""`taskdeck task …`"""

import json
from typing import Annotated, Any

import typer

from backend.cli import task_fields as f
from backend.cli.exit_codes import ExitCode
from backend.cli.lookup import find_task, pages
from backend.cli.output import AsJson, ago, confirm, instant, print_facts, print_json, print_table
from backend.cli.target import call
from shared.client import TaskdeckClient
from shared.enums import DependencyWindow, RunStatus
from shared.models.run import Run
from shared.models.task import Dependency, Task, TaskFields
from shared.schedule.description import describe

app = typer.Typer(no_args_is_help=True, help="Tasks: list, make, change, run.")
_POLICIES = (
    "starts_at",
    "ends_at",
    "jitter_seconds",
    "calendar",
    "calendar_policy",
    "blackouts",
    "late_after_seconds",
    "expected_duration_seconds",
    "max_concurrency",
    "concurrency_group",
    "queue_timeout_seconds",
    "distribution",
    "shard_count",
    "retry_delay_seconds",
    "retry_max_delay_seconds",
    "retry_timeout_seconds",
    "retry_exit_codes",
    "retry_http_statuses",
    "retry_on_timeout",
    "pause_after_failures",
    "on_worker_lost",
    "working_directory",
    "keep_runs",
    "keep_days",
)
Named = Annotated[str, typer.Argument(metavar="TASK", help="Its name or id.")]
Several = Annotated[list[str], typer.Argument(metavar="TASK...", help="Names or ids.")]


def _as_json(task: Task) -> dict[str, Any]:
    return task.model_dump(mode="json")


def _tell(task: Task, words: str, *, as_json: bool) -> None:
    if as_json:
        print_json(_as_json(task))
    else:
        typer.echo(f"{words} {task.name} (task {task.id}).")


@app.command("list")
def list_tasks(
    search: Annotated[str | None, typer.Argument(help="A part of the name or description.")] = None,
    folder: Annotated[str | None, typer.Option(help="Only those below this folder.")] = None,
    status: Annotated[str | None, typer.Option(help="active or paused.")] = None,
    label: Annotated[str | None, typer.Option(help="name:value.")] = None,
    sort: Annotated[str, typer.Option(help="A field; with - before it descending.")] = "name",
    limit: Annotated[int, typer.Option(min=1, max=1_000_000)] = 100,
    as_json: AsJson = False,
) -> None:
    """List tasks."""

    async def work(client: TaskdeckClient) -> list[dict[str, Any]]:
        return await pages(
            client, "/api/tasks", limit=limit, q=search, folder=folder, status=status, label=label, sort=sort
        )

    found = call(work)
    if as_json:
        print_json(found)
        return
    tasks = [Task.model_validate(one) for one in found]
    print_table(
        ("ID", "NAME", "FOLDER", "EXECUTOR", "SCHEDULE", "NEXT", "LAST RUN", "STATUS"),
        (
            (
                str(task.id),
                task.name,
                task.folder,
                task.executor,
                task.schedule or "",
                ago(task.next_run_at),
                f"{task.last_run.status} {ago(task.last_run.completed_at)}".strip() if task.last_run else "",
                task.status,
            )
            for task in tasks
        ),
        empty="No task fits.",
    )


@app.command()
def show(named: Named, as_json: AsJson = False) -> None:
    """Show all of a task, and when it runs next."""

    async def work(client: TaskdeckClient) -> tuple[Task, list[Any]]:
        task = await find_task(client, named)
        times = (await client.upcoming(task.id, count=3)).times if task.schedule else []
        return task, list(times)

    task, times = call(work)
    if as_json:
        print_json(_as_json(task))
        return
    last = task.last_run
    print_facts(
        [
            ("Name", task.name),
            ("Id", str(task.id)),
            ("Status", f"{task.status}: it {task.paused_reason}" if task.paused_reason else task.status),
            ("Description", task.description or ""),
            ("Folder", task.folder),
            ("Executor", task.executor),
            ("Task type", "" if task.task_type == task.executor else task.task_type),
            ("Command", task.command),
            ("Arguments", "\n".join(task.arguments)),
            ("Environment", "\n".join(f"{name}={value}" for name, value in task.environment.items())),
            ("Schedule", f"{task.schedule} ({task.timezone})" if task.schedule else ""),
            ("In words", describe(task.schedule, name=task.name) if task.schedule else ""),
            ("Next", "\n".join(instant(at) for at in times)),
            ("Last run", f"{last.status}, run {last.id}, {instant(last.completed_at)}" if last else ""),
            ("Priority", task.priority),
            ("Overlap", task.overlap_policy),
            ("Misfire", task.misfire_policy),
            ("Timeout", f"{task.timeout_seconds} s"),
            ("Retries", f"{task.retry_count}, {task.retry_backoff}" if task.retry_count else ""),
            ("Waits for", "\n".join(_edge(edge) for edge in task.depends_on)),
            ("Worker labels", ", ".join(f"{name}={value}" for name, value in task.worker_labels.items())),
            ("Labels", ", ".join(f"{name}={value}" for name, value in task.labels.items())),
            *_policies(task),
            ("Version", str(task.version)),
            ("Changed", instant(task.updated_at)),
        ]
    )


def _edge(edge: Dependency) -> str:
    window = ", every one of its period" if edge.window is DependencyWindow.PERIOD else ""
    return f"task {edge.task_id}: {edge.condition}{window}"


def _policies(task: Task) -> list[tuple[str, str]]:
    """Return the fields without a line of their own that are not as usual."""
    found = []
    for name in _POLICIES:
        value = getattr(task, name)
        if value != TaskFields.model_fields[name].get_default(call_default_factory=True):
            words = ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)
            if name == "blackouts":
                words = "\n".join(json.dumps(window.model_dump(mode="json", exclude_none=True)) for window in value)
            found.append((name.replace("_", " ").capitalize(), words.strip()))
    return found


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="A name of its own.")],
    executor: f.Executor = "shell",
    command: f.Command = None,
    arg: f.Argument = None,
    env: f.Environment = None,
    label: f.Label = None,
    schedule: f.Schedule = None,
    timezone: f.Zone = None,
    priority: f.Priority = None,
    timeout: f.Timeout = None,
    retries: f.Retries = None,
    folder: f.Folder = None,
    description: f.Description = None,
    set_: f.Set = None,
    as_json: AsJson = False,
) -> None:
    """Make a task."""
    fields = f.fields_of(
        executor=executor,
        command=command,
        arguments=arg,
        environment=env,
        labels=label,
        schedule=schedule,
        timezone=timezone,
        priority=priority,
        timeout=timeout,
        retries=retries,
        folder=folder,
        description=description,
        extra=set_,
    )
    _tell(call(lambda client: client.create_task({"name": name, **fields})), "Created", as_json=as_json)


@app.command()
def edit(
    named: Named,
    name: Annotated[str | None, typer.Option(help="A new name.")] = None,
    executor: f.Executor = None,
    command: f.Command = None,
    arg: f.Argument = None,
    env: f.Environment = None,
    label: f.Label = None,
    schedule: f.Schedule = None,
    timezone: f.Zone = None,
    priority: f.Priority = None,
    timeout: f.Timeout = None,
    retries: f.Retries = None,
    folder: f.Folder = None,
    description: f.Description = None,
    set_: f.Set = None,
    as_json: AsJson = False,
) -> None:
    """Change a task: what is given changes, the rest stays. Without any option its YAML opens in an editor."""
    fields = f.fields_of(
        executor=executor,
        command=command,
        arguments=arg,
        environment=env,
        labels=label,
        schedule=schedule,
        timezone=timezone,
        priority=priority,
        timeout=timeout,
        retries=retries,
        folder=folder,
        description=description,
        extra=set_,
    )
    fields.update(f.given(name=name))

    async def find(client: TaskdeckClient) -> Task:
        return await find_task(client, named)

    task = call(find)
    if not fields:
        from backend.cli.editing import edited_fields

        fields = edited_fields(task)
    if not fields:
        typer.echo("Nothing changed.", err=True)
        return
    changed = call(lambda client: client.update_task(task.id, fields, etag=task.etag))
    _tell(changed, "Changed", as_json=as_json)


@app.command()
def delete(named: Several, yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False) -> None:
    """Delete tasks and their runs."""

    async def find(client: TaskdeckClient) -> list[Task]:
        return [await find_task(client, one) for one in named]

    tasks = call(find)
    names = ", ".join(task.name for task in tasks)
    confirm(f"Delete {names}, with all runs?", yes=yes)

    async def work(client: TaskdeckClient) -> None:
        for task in tasks:
            await client.delete_task(task.id)

    call(work)
    typer.echo(f"Deleted {names}.")


@app.command()
def pause(named: Several, as_json: AsJson = False) -> None:
    """Stop the schedules of tasks; runs that exist go on."""
    _each(named, "pause", "Paused", as_json=as_json)


@app.command()
def resume(named: Several, as_json: AsJson = False) -> None:
    """Start the schedules of tasks again."""
    _each(named, "resume", "Resumed", as_json=as_json)


def _each(named: list[str], verb: str, words: str, *, as_json: bool) -> None:
    async def work(client: TaskdeckClient) -> list[Task]:
        changed = []
        for one in named:
            task = await find_task(client, one)
            changed.append(await (client.pause_task(task.id) if verb == "pause" else client.resume_task(task.id)))
        return changed

    changed = call(work)
    if as_json:
        print_json([_as_json(task) for task in changed])
        return
    for task in changed:
        typer.echo(f"{words} {task.name} (task {task.id}).")


@app.command()
def trigger(
    named: Named,
    arg: f.Argument = None,
    env: f.Environment = None,
    priority: f.Priority = None,
    after_dependencies: Annotated[bool, typer.Option(help="Wait for the tasks that it depends on.")] = False,
    ignore_limits: Annotated[bool, typer.Option(help="Go past limits of the task and of its group.")] = False,
    wait: Annotated[
        bool, typer.Option("--wait", "-w", help="Follow the log; the exit code is 0 if the run succeeds, else 1.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Run a task now."""
    from backend.cli.run_commands import follow_to_the_end

    options = f.given(arguments=arg or None, environment=f.pairs(env or None, option="--env"), priority=priority)
    options |= {"ignore_dependencies": not after_dependencies, "ignore_limits": ignore_limits}

    async def work(client: TaskdeckClient) -> Run:
        task = await find_task(client, named)
        run = await client.trigger_task(task.id, options)
        if not wait:
            return run
        typer.echo(f"Run {run.id} of {task.name} is queued.", err=True)
        return await follow_to_the_end(client, run.id)

    run = call(work)
    if as_json:
        print_json(run.model_dump(mode="json"))
    elif wait:
        typer.echo(f"Run {run.id} {run.status}{': ' + run.error if run.error else ''}.", err=True)
    else:
        typer.echo(f"Run {run.id} of {run.task_name} is {run.status}.")
    if wait and run.status is not RunStatus.SUCCEEDED:
        raise typer.Exit(ExitCode.FAILED)
