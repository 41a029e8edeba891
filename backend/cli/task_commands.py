"""`taskdeck task list|show|create|edit|delete|pause|resume|label|move|trigger`."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backend.cli.bulk import TaskChoice, change_tasks, with_task_choice
from backend.cli.completion import complete_folder, complete_task
from backend.cli.connection import call
from backend.cli.exit_codes import ExitCode
from backend.cli.lookup import find_task, pages
from backend.cli.output import AsJson, Yes, ago, confirm, instant, print_facts, print_json, print_table
from backend.cli.say import say
from backend.cli.task_options import Argument, Environment, Priority, TaskOptions, given, pairs, with_task_options
from shared import models
from shared.client import TaskdeckClient
from shared.enums import DependencyWindow, RunStatus
from shared.models.task import Dependency, Task, TaskFields
from shared.saved_otherwise import saved_otherwise

if TYPE_CHECKING:
    from shared.models.run import Run

app = typer.Typer(no_args_is_help=True, help="List, create, change, delete and run tasks.")
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
    "run_as",
    "keep_runs",
    "keep_days",
)
Named = Annotated[str, typer.Argument(metavar="TASK", help="A name or an id.", autocompletion=complete_task)]
Several = Annotated[
    list[str] | None, typer.Argument(metavar="TASK...", help="Names or ids.", autocompletion=complete_task)
]


def _as_json(task: Task) -> dict[str, Any]:
    return task.model_dump(mode="json")


def _print_outcome(task: Task, done: str, *, given_fields: Mapping[str, Any], as_json: bool) -> None:
    """Print a task that was saved, and to standard error what was not saved as it was given."""
    if as_json:
        print_json(_as_json(task))
    else:
        say(f"{done} {task.name} (task {task.id}).")
    for name, value, saved in saved_otherwise(given_fields, task):
        say(f"Note: {name} {value!r} was saved as {saved!r}.", err=True)
    if "schedule" in given_fields and task.schedule is not None:
        from shared.schedule.seconds_hint import seconds_hint

        if hint := seconds_hint(task.schedule):
            say(f"Note: {hint}", err=True)


@app.command("list")
def list_tasks(
    search: Annotated[str | None, typer.Argument(help="Text in the name or description.")] = None,
    folder: Annotated[
        str | None, typer.Option(help="Only tasks in this folder and below it.", autocompletion=complete_folder)
    ] = None,
    status: Annotated[str | None, typer.Option(help="Only tasks that are active or paused.")] = None,
    label: Annotated[str | None, typer.Option(help="Only tasks with this label, name:value.")] = None,
    sort: Annotated[str, typer.Option(help="The field to sort by; -field sorts in descending order.")] = "name",
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
        empty="No task matches.",
    )


@app.command()
def show(named: Named, as_json: AsJson = False) -> None:
    """Show a task and its next run times."""
    from shared.schedule.description import describe  # the sentences in all languages: a list shows none

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
    window = ", every run of the period" if edge.window is DependencyWindow.PERIOD else ""
    return f"task {edge.task_id}: {edge.condition}{window}"


def _policies(task: Task) -> list[tuple[str, str]]:
    """Return the other fields whose value is not the default."""
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
@with_task_options
def create(
    name: Annotated[str, typer.Argument(help="The task's unique name.")],
    options: TaskOptions,
    as_json: AsJson = False,
) -> None:
    """Create a task."""
    fields = {"name": name, "executor": "shell", **options.fields()}
    _print_outcome(call(lambda client: client.create_task(fields)), "Created", given_fields=fields, as_json=as_json)


@app.command()
@with_task_options
def edit(
    named: Named,
    options: TaskOptions,
    name: Annotated[str | None, typer.Option(help="A new name.")] = None,
    as_json: AsJson = False,
) -> None:
    """Change the given fields of a task. Without options, its YAML opens in an editor."""
    fields = options.fields() | given(name=name)

    async def find(client: TaskdeckClient) -> Task:
        return await find_task(client, named)

    task = call(find)
    if not fields:
        from backend.cli.editor import edited_fields

        fields = edited_fields(task)
    if not fields:
        say("Nothing changed.", err=True)
        return
    changed = call(lambda client: client.update_task(task.id, fields, etag=task.etag))
    _print_outcome(changed, "Changed", given_fields=fields, as_json=as_json)


@app.command()
@with_task_choice
def delete(choice: TaskChoice, named: Several = None, yes: Yes = False, as_json: AsJson = False) -> None:
    """Delete tasks with all their runs. A task on which another depends stays."""
    if choice.is_given or as_json:
        change_tasks(
            named or [],
            choice,
            lambda selection: models.bulk.DeleteTasks(action="delete", **selection),
            done="deleted",
            as_json=as_json,
            question="Delete {} with all runs?",
            yes=yes,
        )
        return

    async def find(client: TaskdeckClient) -> list[Task]:
        return [await find_task(client, one) for one in _required(named)]

    tasks = call(find)
    names = ", ".join(task.name for task in tasks)
    confirm(f"Delete {names} with all runs?", yes=yes)

    async def work(client: TaskdeckClient) -> None:
        for task in tasks:
            await client.delete_task(task.id)

    call(work)
    say(f"Deleted {names}.")


@app.command()
@with_task_choice
def pause(choice: TaskChoice, named: Several = None, as_json: AsJson = False) -> None:
    """Pause the schedules of tasks. Existing runs continue."""
    if choice.is_given:
        change_tasks(
            named or [],
            choice,
            lambda selection: models.bulk.PauseTasks(action="pause", **selection),
            done="paused",
            as_json=as_json,
        )
    else:
        _each(named, TaskdeckClient.pause_task, "Paused", as_json=as_json)


@app.command()
@with_task_choice
def resume(choice: TaskChoice, named: Several = None, as_json: AsJson = False) -> None:
    """Resume the schedules of tasks."""
    if choice.is_given:
        change_tasks(
            named or [],
            choice,
            lambda selection: models.bulk.ResumeTasks(action="resume", **selection),
            done="resumed",
            as_json=as_json,
        )
    else:
        _each(named, TaskdeckClient.resume_task, "Resumed", as_json=as_json)


@app.command("label")
@with_task_choice
def change_labels(
    choice: TaskChoice,
    named: Several = None,
    add: Annotated[list[str] | None, typer.Option(help="A label to set, name=value. Repeatable.")] = None,
    remove: Annotated[list[str] | None, typer.Option(help="The name of a label to remove. Repeatable.")] = None,
    as_json: AsJson = False,
) -> None:
    """Add labels to tasks, and remove others."""
    added = pairs(add or None, option="--add") or {}
    if not added and not remove:
        raise typer.BadParameter("give labels to set by --add name=value, or to remove by --remove name")
    change_tasks(
        named or [],
        choice,
        lambda selection: models.bulk.LabelTasks(action="label", add=added, remove=remove or [], **selection),
        done="labelled",
        as_json=as_json,
    )


@app.command()
@with_task_choice
def move(
    choice: TaskChoice,
    to: Annotated[str, typer.Option("--to", help='The folder, such as finance/daily; "" is the top folder.')],
    named: Several = None,
    as_json: AsJson = False,
) -> None:
    """Move tasks into a folder."""
    change_tasks(
        named or [],
        choice,
        lambda selection: models.bulk.MoveTasks(action="move", folder=to, **selection),
        done="moved",
        as_json=as_json,
    )


def _required(named: list[str] | None) -> list[str]:
    if not named:
        raise typer.BadParameter("name tasks, or give options such as --folder")
    return named


def _each(
    named: list[str] | None, change: Callable[[TaskdeckClient, int], Awaitable[Task]], done: str, *, as_json: bool
) -> None:
    async def work(client: TaskdeckClient) -> list[Task]:
        return [await change(client, (await find_task(client, one)).id) for one in _required(named)]

    changed = call(work)
    if as_json:
        print_json([_as_json(task) for task in changed])
        return
    for task in changed:
        say(f"{done} {task.name} (task {task.id}).")


@app.command()
@with_task_choice
def trigger(
    choice: TaskChoice,
    named: Annotated[
        str | None, typer.Argument(metavar="TASK", help="A name or an id.", autocompletion=complete_task)
    ] = None,
    arg: Argument = None,
    env: Environment = None,
    priority: Priority = None,
    after_dependencies: Annotated[bool, typer.Option(help="Wait for the tasks that this one depends on.")] = False,
    ignore_limits: Annotated[
        bool, typer.Option(help="Ignore the limits of the task and of its concurrency group.")
    ] = False,
    wait: Annotated[
        bool, typer.Option("--wait", "-w", help="Follow the log. The exit code is 0 if the run succeeds, otherwise 1.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Run a task now, or each of those that the options choose."""
    from backend.cli.run_commands import follow_to_the_end

    options = given(arguments=arg or None, environment=pairs(env or None, option="--env"), priority=priority)
    options |= {"ignore_dependencies": not after_dependencies, "ignore_limits": ignore_limits}
    if choice.is_given:
        if wait:
            raise typer.BadParameter("--wait follows the run of one task; name it")
        change_tasks(
            [named] if named else [],
            choice,
            lambda selection: models.bulk.TriggerTasks(action="trigger", **selection, **options),
            done="triggered",
            as_json=as_json,
        )
        return
    (name,) = _required([named] if named else None)

    async def work(client: TaskdeckClient) -> "Run":
        task = await find_task(client, name)
        run = await client.trigger_task(task.id, options)
        if not wait:
            return run
        say(f"Run {run.id} of {task.name} is queued.", err=True)
        return await follow_to_the_end(client, run.id)

    run = call(work)
    if as_json:
        print_json(run.model_dump(mode="json"))
    elif wait:
        say(f"Run {run.id} {run.status}{': ' + run.error if run.error else ''}.", err=True)
    else:
        say(f"Run {run.id} of {run.task_name} is {run.status}.")
    if wait and run.status is not RunStatus.SUCCEEDED:
        raise typer.Exit(ExitCode.FAILED)
