"""`taskdeck graph`: the dependencies between tasks, as a tree."""

from collections.abc import Iterable
from typing import Annotated

import typer

from backend.cli.completion import complete_task
from backend.cli.connection import call
from backend.cli.graph_tree import Branch, tree_of, whole_tree
from backend.cli.lookup import find_task
from backend.cli.output import AsJson, ago, print_json, print_table
from backend.cli.say import say
from shared.client import TaskdeckClient
from shared.enums import DependencyCondition, DependencyWindow, RunStatus, TaskStatus
from shared.models.task_graph import GraphEdge, GraphNode, TaskGraph

_NONE = "No task depends on another. Add a dependency with: taskdeck task edit TASK --set 'depends_on=[{task_id: 1}]'"


def graph(
    named: Annotated[
        str | None,
        typer.Argument(
            metavar="TASK", help="The name or id of a task. Default: all tasks.", autocompletion=complete_task
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show the dependencies between tasks, their conditions and the state of each task."""

    async def work(client: TaskdeckClient) -> tuple[int | None, TaskGraph]:
        task_id = None if named is None else (await find_task(client, named)).id
        return task_id, await client.task_graph(task_id)

    task_id, found = call(work)
    if as_json:
        print_json(found)
    elif task_id is None:
        _print(whole_tree(found), _NONE)
        if found.is_capped:
            say(
                f"Only {len(found.nodes)} of {found.total} tasks are shown. Name a task to see its neighbours.",
                err=True,
            )
    else:
        for title, is_up in (("Depends on", True), ("Required by", False)):
            branches = list(tree_of(found, task_id, is_up=is_up))
            say(title if branches else f"{title}: nothing")
            if branches:
                _print(branches, _NONE)


def _print(branches: Iterable[Branch], empty: str) -> None:
    print_table(
        ("TASK", "CONDITION", "STATE", "LAST RUN"),
        (
            (
                f"{branch.drawn}{branch.node.name}{' (see above)' if branch.is_above else ''}",
                _condition(branch.edge) if branch.edge else "",
                _state(branch.node),
                _when(branch.node),
            )
            for branch in branches
        ),
        empty=empty,
    )


def _condition(edge: GraphEdge) -> str:
    words = {
        DependencyCondition.SUCCESS: "success",
        DependencyCondition.FAILURE: "failure",
        DependencyCondition.COMPLETION: "completion",
    }[edge.condition]
    return f"{words}, whole period" if edge.window is DependencyWindow.PERIOD else words


def _state(node: GraphNode) -> str:
    if node.running:
        return RunStatus.RUNNING
    if node.waiting:
        return "waiting"
    if node.status is TaskStatus.PAUSED:
        return node.status
    return node.last_run.status if node.last_run is not None else "never ran"


def _when(node: GraphNode) -> str:
    return "" if node.last_run is None else ago(node.last_run.completed_at or node.last_run.started_at)
