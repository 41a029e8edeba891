"""Who waits for whom, in one answer."""

from shared.enums import DependencyCondition, DependencyWindow, RunStatus
from tests.system import System


async def test_the_graph_shows_dependencies_and_the_state_of_each_task(system: System) -> None:
    await system.add_worker()
    first = await system.create("first", command="exit 1", folder="a/b")
    beside = await system.create("beside", command="true", schedule="0 3 * * *")
    second = await system.create(
        "second",
        command="true",
        depends_on=[
            {"task_id": first, "condition": "failure"},
            {"task_id": beside, "condition": "completion"},
        ],
    )
    third = await system.create(
        "third", command="true", schedule="0 4 * * *", depends_on=[{"task_id": second, "window": "period"}]
    )
    lone = await system.create("lone", command="true")
    run = await system.client.trigger_task(third, {"ignore_dependencies": False})
    assert (await system.finished((await system.client.trigger_task(first)).id)).status is RunStatus.FAILED

    graph = await system.client.task_graph()
    nodes = {node.id: node for node in graph.nodes}
    assert set(nodes) == {first, beside, second, third}
    assert (graph.total, graph.is_capped, lone in nodes) == (4, False, False)
    ended, made = nodes[first].last_run, nodes[third].last_run
    assert ended is not None
    assert (ended.status, nodes[first].folder) == (RunStatus.FAILED, "a/b")
    assert (nodes[third].waiting, nodes[third].running, nodes[third].schedule) == (1, 0, "0 4 * * *")
    assert made is not None
    assert made.id == run.id
    assert [(edge.upstream_id, edge.task_id, edge.condition, edge.window) for edge in graph.edges] == [
        (first, second, DependencyCondition.FAILURE, DependencyWindow.LATEST),
        (beside, second, DependencyCondition.COMPLETION, DependencyWindow.LATEST),
        (second, third, DependencyCondition.SUCCESS, DependencyWindow.PERIOD),
    ]
    assert graph.unconnected == 1
    whole = await system.client.task_graph(unconnected=True)
    assert {node.id for node in whole.nodes} == {first, beside, second, third, lone}
    assert (whole.edges, whole.total, whole.unconnected) == (graph.edges, 4, 1)
    around = await system.client.task_graph(first)
    assert around.unconnected == 0
    assert {node.id for node in around.nodes} == {first, second, third}
    assert [node.id for node in (await system.client.task_graph(lone)).nodes] == [lone]
    await system.client.delete_task(third)
    assert {node.id for node in (await system.client.task_graph()).nodes} == {first, beside, second}
    missing = await system.http.get("/api/tasks/graph", params={"task_id": 999_999})
    assert missing.status_code == 404
    assert (await system.http.get("/api/tasks/graph", params={"folder": "a"})).status_code == 422
