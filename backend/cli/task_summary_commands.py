"""`taskdeck task count|folders|outcomes|test`: summaries of tasks, and runs of tasks that are not saved."""

from typing import Annotated

import typer

from backend.cli.completion import complete_folder, complete_task
from backend.cli.connection import call
from backend.cli.exit_codes import ExitCode
from backend.cli.lookup import find_task
from backend.cli.output import AsJson, ago, print_json, print_table
from backend.cli.say import say
from backend.cli.task_options import TaskOptions, with_task_options
from shared.client import TaskdeckClient
from shared.enums import RunStatus
from shared.models.run import Run
from shared.models.task_overview import Outcome


def count(
    folder: Annotated[
        str | None, typer.Option(help="Only tasks in this folder and below it.", autocompletion=complete_folder)
    ] = None,
    status: Annotated[str | None, typer.Option(help="Only tasks that are active or paused.")] = None,
    label: Annotated[str | None, typer.Option(help="Only tasks with this label, name:value.")] = None,
    search: Annotated[str | None, typer.Option(help="Text in the name or description.")] = None,
) -> None:
    """Print how many tasks there are."""
    params = {"folder": folder, "status": status, "label": label, "q": search}

    async def work(client: TaskdeckClient) -> int:
        total: int = (await client.request("GET", "/api/tasks/count", params=params))["data"]["total"]
        return total

    say(str(call(work)))


def folders(as_json: AsJson = False) -> None:
    """List the folders that contain tasks, with how many are in each."""
    found = call(lambda client: client.task_folders())
    if as_json:
        print_json(found)
        return
    print_table(
        ("FOLDER", "TASKS"), ((one.path or "(top)", str(one.tasks)) for one in found), empty="There are no tasks."
    )


def outcomes(
    named: Annotated[list[str], typer.Argument(metavar="TASK...", help="Names or ids.", autocompletion=complete_task)],
    limit: Annotated[int, typer.Option(min=1, max=100, help="Runs of each task.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Show how the last runs of tasks ended, newest first."""

    async def work(client: TaskdeckClient) -> list[tuple[str, list[Outcome]]]:
        tasks = [await find_task(client, one) for one in named]
        found = await client.recent_outcomes([task.id for task in tasks], count=limit)
        return [(task.name, found.get(task.id, [])) for task in tasks]

    found = call(work)
    if as_json:
        print_json([{"task": name, "outcomes": ended} for name, ended in found])
        return
    print_table(
        ("TASK", "RUN", "STATUS", "ENDED"),
        ((name, str(one.run_id), one.status, ago(one.completed_at)) for name, ended in found for one in ended),
        empty="They have no finished runs.",
    )


@with_task_options
def start_test(options: TaskOptions, as_json: AsJson = False) -> None:
    """Run a task that is not saved, and follow its log; the run is deleted after an hour."""
    from backend.cli.run_commands import follow_to_the_end

    fields = {"name": "test run", "executor": "shell", **options.fields()}

    async def work(client: TaskdeckClient) -> Run:
        return await follow_to_the_end(client, (await client.start_test_run(fields)).id)

    run = call(work)
    if as_json:
        print_json(run)
    else:
        say(f"Run {run.id} {run.status}{': ' + run.error if run.error else ''}.", err=True)
    if run.status is not RunStatus.SUCCEEDED:
        raise typer.Exit(ExitCode.FAILED)


def add_to(tasks: typer.Typer) -> None:
    """Add the commands that belong to `taskdeck task`."""
    tasks.command()(count)
    tasks.command()(folders)
    tasks.command()(outcomes)
    tasks.command("test")(start_test)
