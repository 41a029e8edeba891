"""The graph as an operator walks through it, on a real backend."""

import asyncio
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.application import Console
from console.theme.current import Theme
from console.theme.glyphs import Glyph
from console.views.graph.canvas import GraphCanvas
from console.views.graph.layout import Layout
from console.views.graph.layout_slices import lay_out_in_slices
from console.views.graph.model import GraphModel, glyph_of
from console.views.graph.unconnected import unconnected_words, with_grid
from console.views.graph.view import GraphView
from console.words import Times
from shared.enums import DependencyCondition, DependencyWindow, RunStatus, TaskStatus
from shared.models.task import LastRun
from shared.models.task_graph import GraphEdge, GraphNode, TaskGraph
from tests.console.conftest import Play, activate, until
from tests.console.factories import a_run
from tests.console.views.graph.made_graphs import warehouse


def node(node_id: int, **fields: Any) -> GraphNode:
    return GraphNode(id=node_id, name=f"task-{node_id}", folder="", status=TaskStatus.ACTIVE, **fields)


def edge(start: int, end: int) -> GraphEdge:
    return GraphEdge(
        task_id=end, upstream_id=start, condition=DependencyCondition.SUCCESS, window=DependencyWindow.LATEST
    )


def graph(nodes: list[GraphNode], edges: list[tuple[int, int]]) -> TaskGraph:
    return TaskGraph(nodes=nodes, edges=[edge(*pair) for pair in edges], total=len(nodes))


def test_a_run_changes_the_node_of_its_task_and_an_older_one_does_not() -> None:
    model = GraphModel.of(graph([node(1), node(2)], [(1, 2)]))
    assert model.apply(a_run(7, RunStatus.RUNNING, task_id=1)) == 1
    assert glyph_of(model.nodes[1]) is Glyph.ARC
    assert model.apply(a_run(6, RunStatus.FAILED, task_id=1)) is None
    assert model.apply(a_run(8, RunStatus.FAILED, task_id=3)) is None
    assert model.apply(a_run(8, RunStatus.FAILED, task_id=1, fan_out_run_id=7)) is None
    assert model.apply(a_run(7, RunStatus.FAILED, task_id=1)) == 1
    assert glyph_of(model.nodes[1]) is Glyph.CROSS


@pytest.mark.parametrize(
    ("fields", "glyph"),
    [
        ({}, Glyph.RING_DOTTED),
        ({"running": 1}, Glyph.ARC),
        ({"last_run": LastRun(id=1, status=RunStatus.TIMED_OUT)}, Glyph.TRIANGLE),
        ({"last_run": LastRun(id=1, status=RunStatus.BLOCKED)}, Glyph.RING_BAR),
        ({"last_run": LastRun(id=1, status=RunStatus.SUCCEEDED), "running": 1}, Glyph.ARC),
    ],
)
def test_a_task_shows_what_it_does_now(fields: dict[str, object], glyph: Glyph) -> None:
    assert glyph_of(node(1, **fields)) is glyph


def test_what_is_around_a_task_is_all_up_and_all_down() -> None:
    model = GraphModel.of(graph([node(n) for n in range(1, 7)], [(1, 2), (2, 3), (4, 3), (3, 5), (1, 6)]))
    assert model.around(2) == {1, 2, 3, 5}
    assert model.matches("TASK-3") == [3]


def test_an_edge_that_asks_something_else_is_drawn_again_and_says_it(play: Play) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        made = {"executor": "shell", "command": "true"}
        before = await client.create_task({"name": "edge-before", **made})
        wanted = {"task_id": before.id, "condition": "success"}
        after = await client.create_task(
            {"name": "edge-after", "schedule": "0 3 * * *", "depends_on": [wanted], **made}
        )
        view = graph_of(console)
        view.show_with({"task": after.id})
        await until(lambda: set(view.canvas.items_by_id) == {before.id, after.id}, view.refresher.busy_changed)

        def said() -> str:
            ends = (view.canvas.items_by_id[one].sceneBoundingRect() for one in (before.id, after.id))
            left, right = ends
            middle = (QPointF(left.right(), left.center().y()) + QPointF(right.left(), right.center().y())) / 2
            return view.canvas.words_at(view.canvas.mapFromScene(middle))

        assert said() == "edge-after runs after a run of edge-before has succeeded."
        await client.update_task(after.id, {"depends_on": [wanted | {"condition": "failure", "window": "period"}]})
        await until(lambda: said().endswith("period of its schedule have failed."), view.refresher.busy_changed)
        assert view.canvas.words_at(QPoint(2, 2)) == ""
        [box] = view.canvas.edges.labels.values()
        assert view.canvas.words_at(view.canvas.mapFromScene(box.topLeft() + QPointF(2, 2))) == said()
        for task in (after, before):
            await client.delete_task(task.id)

    play(scenario)


def graph_of(console: Console) -> GraphView:
    console.window.show_view("graph")
    view = console.window.current
    assert isinstance(view, GraphView)
    return view


async def until_drawn(view: GraphView, names: set[str]) -> None:
    def drawn() -> bool:
        return names <= {item.node.name for item in view.canvas.items_by_id.values()}

    await until(drawn, view.refresher.busy_changed)


def test_a_graph_is_walked_searched_and_run_by_keys(play: Play) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client

        async def make(name: str, *upstreams: int, command: str = "true") -> int:
            edges = [{"task_id": upstream} for upstream in upstreams]
            fields = {"name": name, "executor": "shell", "command": command, "depends_on": edges}
            return (await client.create_task(fields)).id

        top = await make("walk-top", command="sleep 0.3")
        left, right = await make("walk-left", top), await make("walk-right", top)
        end = await make("walk-end", left, right)
        view = graph_of(console)
        canvas = view.canvas
        await activate(console.window)
        await until_drawn(view, {"walk-top", "walk-left", "walk-right", "walk-end"})

        view.focus_filter()
        line = QApplication.focusWidget()
        assert line is not None
        QTest.keyClicks(line, "walk-top")
        await until(lambda: canvas.current == top, canvas.chosen)
        assert canvas.items_by_id[left].is_dimmed
        view.filter.set_text("")
        await until(lambda: not canvas.items_by_id[left].is_dimmed, view.filter.changed)
        canvas.setFocus()
        QTest.keyClick(canvas, Qt.Key.Key_F)
        await until(lambda: set(canvas.items_by_id) == {top, left, right, end}, view.refresher.busy_changed)
        assert canvas.current == top
        QTest.keyClick(canvas, Qt.Key.Key_Right)
        first = canvas.current
        assert first in (left, right)
        QTest.keyClick(canvas, Qt.Key.Key_Down if first == left else Qt.Key.Key_Up)
        assert canvas.current in {left, right} - {first}
        QTest.keyClick(canvas, Qt.Key.Key_Right)
        assert canvas.current == end
        QTest.keyClick(canvas, Qt.Key.Key_Left)
        QTest.keyClick(canvas, Qt.Key.Key_Left)
        assert canvas.current == top

        before = canvas.transform().m11()
        QTest.keyClick(canvas, Qt.Key.Key_Plus)
        assert canvas.transform().m11() > before
        QTest.keyClick(canvas, Qt.Key.Key_Minus)
        QTest.keyClick(canvas, Qt.Key.Key_Minus)
        assert canvas.transform().m11() < before
        QTest.keyClick(canvas, Qt.Key.Key_0)
        assert canvas.transform().m11() == pytest.approx(before)

        QTest.keyClick(canvas, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: glyph_of(canvas.items_by_id[top].node) is Glyph.ARC, console.connection.event_received)
        await until(
            lambda: all(glyph_of(canvas.items_by_id[one].node) is Glyph.TICK for one in (top, left, right, end)),
            console.connection.event_received,
            view.refresher.busy_changed,
        )

        at = canvas.mapFromScene(canvas.items_by_id[end].sceneBoundingRect().center())
        QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=at)
        assert canvas.current == end
        QTest.keyClick(canvas, Qt.Key.Key_Return)
        await until(lambda: console.window.current.name == "runs", console.window.view_shown)
        for task in (end, left, right, top):
            await client.delete_task(task)

    play(scenario)


@pytest.mark.parametrize(
    ("count", "shown", "words"),
    [
        (1, 0, "Show 1 unconnected task"),
        (214, 0, "Show 214 unconnected tasks"),
        (10_000, 0, "Show 10,000+ unconnected tasks"),
        (1, 1, "Hide 1 unconnected task"),
        (214, 214, "Hide 214 unconnected tasks"),
        (5120, 2000, "Hide unconnected tasks (2,000 of 5,120)"),
    ],
)
def test_the_button_counts_the_unconnected_tasks(in_english: None, count: int, shown: int, words: str) -> None:
    assert unconnected_words(count, shown=shown) == words


def test_unconnected_tasks_are_shown_on_request_and_the_choice_is_remembered(play: Play) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        made = {"executor": "shell", "command": "true", "folder": "lone"}
        ends = [(await client.create_task({"name": f"joined-{n}", **made})).id for n in range(2)]
        await client.update_task(ends[1], {"depends_on": [{"task_id": ends[0]}]})
        lone = [(await client.create_task({"name": f"lone-{n}", **made})).id for n in range(3)]
        view = graph_of(console)
        canvas = view.canvas
        await activate(console.window)
        await until_drawn(view, {"joined-0", "joined-1"})
        assert not set(lone) & set(canvas.items_by_id)
        count = (await client.task_graph()).unconnected
        await until(lambda: view.unconnected.text() == f"Show {count} unconnected tasks", view.refresher.busy_changed)
        assert view.unconnected.isVisible()

        QTest.mouseClick(view.unconnected, Qt.MouseButton.LeftButton)
        await until_drawn(view, {"lone-0", "lone-1", "lone-2", "joined-0"})
        right = max(canvas.items_by_id[one].x() for one in ends)
        assert all(canvas.items_by_id[one].x() > right for one in lone)
        canvas.actual_size()
        canvas.choose(lone[0], is_shown=True)
        canvas.setFocus()
        QTest.keyClick(canvas, Qt.Key.Key_Down)
        assert canvas.current == lone[1]
        remembered = view.state()

        QTest.keyClick(canvas, Qt.Key.Key_U)
        await until(lambda: not set(lone) & set(canvas.items_by_id), view.refresher.busy_changed)
        assert view.unconnected.text().startswith("Show")
        view.restore_state(remembered)
        view.refresh()
        await until_drawn(view, {"lone-0", "joined-0"})
        view.focus(ends[0])
        await until(lambda: set(canvas.items_by_id) == set(ends), view.refresher.busy_changed)
        assert not view.unconnected.isVisible()

    play(scenario)


def test_one_of_two_thousand_unconnected_tasks_is_chosen_by_a_click(qapp: QApplication) -> None:
    states = list(RunStatus)
    nodes = [node(one, last_run=LastRun(id=one, status=states[one % len(states)])) for one in range(1, 2001)]
    model = GraphModel.of(graph(nodes, []))
    canvas = GraphCanvas(Theme(qapp, "light"), Times())
    canvas.resize(1280, 720)
    canvas.show()
    canvas.show_graph(model, with_grid(Layout(), model.unconnected))
    canvas.update_states(GraphModel.of(graph([one.model_copy() for one in nodes], [])))
    canvas.fit()
    at = canvas.mapFromScene(canvas.items_by_id[777].sceneBoundingRect().center())
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert canvas.current == 777
    canvas.deleteLater()


def wheel(canvas: GraphCanvas, turn: int) -> None:
    at = QPointF(canvas.viewport().rect().center())
    event = QWheelEvent(
        at,
        canvas.viewport().mapToGlobal(at),
        QPoint(),
        QPoint(0, turn),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas.viewport(), event)


def test_the_wheel_zooms_five_hundred_tasks(qapp: QApplication) -> None:
    ids, pairs = warehouse(500)
    states = list(RunStatus)
    nodes = [node(one, last_run=LastRun(id=one + 1, status=states[one % len(states)])) for one in ids]
    canvas = GraphCanvas(Theme(qapp, "light"), Times())
    canvas.resize(1280, 720)
    canvas.show()
    canvas.show_graph(GraphModel.of(graph(nodes, pairs)), asyncio.run(lay_out_in_slices(ids, pairs)))
    canvas.fit()
    scale = canvas.transform().m11()
    wheel(canvas, -120)
    assert canvas.transform().m11() == pytest.approx(scale / 1.25)
    canvas.deleteLater()
