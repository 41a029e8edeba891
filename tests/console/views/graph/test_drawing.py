"""Dependencies as a person draws and removes them in the graph, by mouse and by keys, on a real backend."""

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from console.application import Console
from console.views.graph.dependency_dialog import DependencyDialog
from console.views.graph.view import GraphView
from shared.enums import DependencyCondition, DependencyWindow
from tests.console.conftest import Play, activate, dialog_of, undone, until
from tests.console.views.graph.test_view import graph_of, until_drawn

LEFT = Qt.MouseButton.LeftButton


async def chain(console: Console, *names: str) -> list[int]:
    """Make tasks that run one after the other; the last one is scheduled and stands alone."""
    client = console.connection.client
    ids: list[int] = []
    for place, name in enumerate(names):
        edges = [{"task_id": ids[-1]}] if 0 < place < len(names) - 1 else []
        schedule = "0 3 * * *" if place == len(names) - 1 else None
        fields = {"name": name, "executor": "shell", "command": "true", "depends_on": edges, "schedule": schedule}
        ids.append((await client.create_task(fields)).id)
    return ids


async def shown(console: Console, names: tuple[str, ...]) -> GraphView:
    view = graph_of(console)
    await activate(console.window)
    await until_drawn(view, set(names[:-1]))
    view.toggle_unconnected()
    await until_drawn(view, set(names))
    view.canvas.setFocus()
    return view


def middle_of(view: GraphView, task_id: int) -> QPoint:
    return view.canvas.mapFromScene(view.canvas.items_by_id[task_id].sceneBoundingRect().center())


def drag_to(view: GraphView, at: QPoint) -> None:
    """Move the pointer with the button pressed, as the window system reports it."""
    where = QPointF(at)
    event = QMouseEvent(
        QMouseEvent.Type.MouseMove,
        where,
        view.canvas.viewport().mapToGlobal(where),
        Qt.MouseButton.NoButton,
        LEFT,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(view.canvas.viewport(), event)


def draw(view: GraphView, start: int, end: int) -> None:
    QTest.mousePress(view.canvas.viewport(), LEFT, pos=middle_of(view, start))
    drag_to(view, middle_of(view, end))
    QTest.mouseRelease(view.canvas.viewport(), LEFT, pos=middle_of(view, end))


def open_menu() -> QMenu | None:
    found = QApplication.activePopupWidget()
    return found if isinstance(found, QMenu) else None


async def upstreams(console: Console, task_id: int) -> list[tuple[int, str, str]]:
    task = await console.connection.client.get_task(task_id)
    return [(edge.task_id, edge.condition.value, edge.window.value) for edge in task.depends_on]


async def until_edge(view: GraphView, pair: tuple[int, int], *, is_there: bool = True) -> None:
    await until(lambda: (pair in view.model.edges) == is_there, view.refresher.busy_changed)


def test_a_dependency_is_drawn_with_its_condition_and_taken_back(play: Play) -> None:
    async def scenario(console: Console) -> None:
        names = ("draw-first", "draw-second", "draw-lone")
        first, second, lone = await chain(console, *names)
        view = await shown(console, names)

        draw(view, second, lone)
        menu = open_menu()
        assert menu is not None
        words = [action.text() for action in menu.actions() if not action.isSeparator()]
        assert words[0] == "draw-lone runs after draw-second"
        assert words[1:4] == ["After it succeeded", "After it failed", "After any outcome"]
        assert len(words) == 7
        QTest.keyClick(menu, Qt.Key.Key_Down)
        QTest.keyClick(menu, Qt.Key.Key_Return)
        await until_edge(view, (second, lone))
        assert await upstreams(console, lone) == [(second, "failure", "latest")]
        assert not view.canvas.is_drawing
        await undone(console, "Added the dependency of draw-lone on draw-second")
        assert await upstreams(console, lone) == []
        await until_edge(view, (second, lone), is_there=False)

        draw(view, lone, first)
        menu = open_menu()
        assert menu is not None
        assert len([action for action in menu.actions() if not action.isSeparator()]) == 4
        QTest.keyClick(menu, Qt.Key.Key_Escape)
        assert open_menu() is None
        assert await upstreams(console, first) == []

    play(scenario)


def test_escape_or_nothing_under_the_pointer_draws_nothing_and_a_cycle_is_refused_in_words(play: Play) -> None:
    async def scenario(console: Console) -> None:
        names = ("ring-first", "ring-second", "ring-third", "ring-lone")
        first, second, third, lone = await chain(console, *names)
        view = await shown(console, names)
        canvas, viewport = view.canvas, view.canvas.viewport()
        versions = [(await console.connection.client.get_task(one)).version for one in (first, second, third, lone)]

        QTest.mousePress(viewport, LEFT, pos=middle_of(view, first))
        drag_to(view, middle_of(view, lone))
        assert canvas.is_drawing
        QTest.keyClick(canvas, Qt.Key.Key_Escape)
        assert not canvas.is_drawing
        QTest.mouseRelease(viewport, LEFT, pos=middle_of(view, lone))
        assert open_menu() is None

        QTest.mousePress(viewport, LEFT, pos=middle_of(view, first))
        drag_to(view, QPoint(3, 3))
        assert canvas.is_drawing
        QTest.mouseRelease(viewport, LEFT, pos=QPoint(3, 3))
        assert not canvas.is_drawing
        assert open_menu() is None

        draw(view, third, first)
        assert open_menu() is None
        assert not canvas.is_drawing
        way = "ring-first → ring-second → ring-third"
        said = f"ring-first cannot run after ring-third, which already runs after it: {way}."
        assert console.window.toast.words.text() == said
        assert [(await console.connection.client.get_task(one)).version for one in (first, second, third, lone)] == (
            versions
        )

    play(scenario)


def test_a_dependency_is_selected_by_mouse_and_keys_and_removed_with_undo(play: Play) -> None:
    async def scenario(console: Console) -> None:
        names = ("cut-first", "cut-second", "cut-lone")
        first, second, _ = await chain(console, *names)
        view = await shown(console, names)
        canvas = view.canvas
        canvas.actual_size()
        canvas.choose(first, is_shown=True)
        right = canvas.items_by_id[first].sceneBoundingRect()
        left = canvas.items_by_id[second].sceneBoundingRect()
        between = (QPointF(right.right(), right.center().y()) + QPointF(left.left(), left.center().y())) / 2
        canvas.centerOn(between)
        QTest.mouseClick(canvas.viewport(), LEFT, pos=canvas.mapFromScene(between))
        assert canvas.edges.selected == (first, second)
        assert view.foot.sentence.text() == "cut-second runs after a run of cut-first has succeeded."
        QTest.keyClick(canvas, Qt.Key.Key_Escape)
        assert canvas.edges.selected is None

        canvas.choose(first)
        QTest.keyClick(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
        assert canvas.edges.selected == (first, second)
        QTest.keyClick(canvas, Qt.Key.Key_Delete)
        await until_edge(view, (first, second), is_there=False)
        assert canvas.edges.selected is None
        assert await upstreams(console, second) == []
        await undone(console, "Removed the dependency of")
        assert await upstreams(console, second) == [(first, "success", "latest")]

    play(scenario)


def test_dependencies_are_added_by_keys_alone_as_one_change(play: Play) -> None:
    async def scenario(console: Console) -> None:
        names = ("key-first", "key-second", "key-lone")
        first, second, lone = await chain(console, *names)
        view = await shown(console, names)
        view.canvas.choose(second)
        QTest.keyClick(view.canvas, Qt.Key.Key_D)
        dialog = await dialog_of(DependencyDialog)
        search = dialog.picker.search
        await activate(dialog)
        assert QApplication.focusWidget() is search
        assert not dialog.go.isEnabled()
        QTest.keyClicks(search, "key-lone")
        QTest.keyClick(search, Qt.Key.Key_Return)
        assert dialog.go.isEnabled()
        QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await until_edge(view, (lone, second))
        assert {edge[0] for edge in await upstreams(console, second)} == {first, lone}
        assert view.model.edges[lone, second].condition is DependencyCondition.SUCCESS
        assert view.model.edges[lone, second].window is DependencyWindow.LATEST

        await activate(console.window)
        view.canvas.choose(first)
        QTest.keyClick(view.canvas, Qt.Key.Key_D)
        dialog = await dialog_of(DependencyDialog)
        QTest.keyClicks(dialog.picker.search, "key-second")
        QTest.keyClick(dialog.picker.search, Qt.Key.Key_Return)
        assert "key-first cannot run after key-second" in dialog.problem.text()
        assert not dialog.go.isEnabled()
        dialog.done(0)
        await undone(console, "Changed the dependencies of key-second")
        assert await upstreams(console, second) == [(first, "success", "latest")]

    play(scenario)
