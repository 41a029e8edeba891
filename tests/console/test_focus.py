"""Each Tab stop of each view can be seen: 3:1 between the pictures with and without the focus."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QWidget

from console.application import Console
from console.preferences import Preference
from console.views.known_views import VIEWS
from console.views.object_page import ObjectPage
from tests.console.conftest import Play, activate, ended, laid_out, until
from tests.console.focus_picture import least_pixels, picture_of, tab_stops, visible_change
from tests.console.test_console import make_task
from tests.console.test_every_view import loading, shown


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_tab_stop_of_each_view_can_be_seen(play: Play, in_english: None, theme: str) -> None:
    async def scenario(console: Console) -> None:
        client, window = console.connection.client, console.window
        console.preferences.put(Preference.THEME, theme)
        task = await make_task(console, name="seen", command="echo begun; exit 3", schedule="*/5 9-17 * * mon-fri")
        failed = await ended(console, await client.trigger_task(task.id))
        window.resize(1280, 800)
        wanted: list[tuple[str, dict[str, object]]] = [(spec.name, {}) for spec in VIEWS]
        wanted += [("task", {"task": task.id}), ("run", {"run": failed.id})]
        unseen: list[str] = []
        looked: set[tuple[str, str]] = set()
        for name, about in wanted:
            window.follow(name, about)
            view = window.current
            if isinstance(view, ObjectPage):
                await shown(view)
            await until(lambda: not loading(console), console.background.ended)
            await laid_out()
            await activate(window)
            stops = list(tab_stops(window))
            for stop in stops:
                if stop.focusProxy() is not None:
                    continue
                kind = (type(stop).__name__, stop.objectName() or stop.accessibleName())
                if kind in looked:
                    continue
                looked.add(kind)
                other = next(one for one in stops if one is not stop and not stop.isAncestorOf(one))
                show(stop)
                other.setFocus(Qt.FocusReason.TabFocusReason)
                await laid_out()
                before = picture_of(window, stop)
                stop.setFocus(Qt.FocusReason.TabFocusReason)
                await laid_out()
                assert stop.hasFocus(), kind
                found = visible_change(before, picture_of(window, stop))
                if found < least_pixels(stop):
                    unseen.append(f"{name}: {kind}: {found} of {least_pixels(stop)} pixels")
        assert not unseen, "\n".join(unseen)
        assert len(looked) > 20
        await client.delete_task(task.id)

    play(scenario)


def show(stop: QWidget) -> None:
    """Scroll to a widget, as Tab does."""
    above = stop.parentWidget()
    while above is not None:
        if isinstance(above, QScrollArea):
            above.ensureWidgetVisible(stop)
        above = above.parentWidget()
