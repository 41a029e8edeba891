"""What can be done in the window, whichever view is shown."""

from typing import TYPE_CHECKING

from console.actions import Action
from console.context import Context
from console.title_strip import PALETTE_KEYS
from console.views.known_views import VIEWS, shortcuts_of
from console.words import tr

if TYPE_CHECKING:
    from console.window import MainWindow


def window_actions(window: "MainWindow", context: Context) -> list[Action]:
    """Return the actions, with their words in the language in use."""
    return [*_everywhere(window, context), *_views(window)]


def _everywhere(window: "MainWindow", context: Context) -> list[Action]:
    group = tr("Everywhere")

    def is_online() -> bool:
        return context.connection.is_online

    return [
        Action(
            "task.new",
            tr("New task"),
            lambda: window.follow("tasks", {"new": True}),
            group=group,
            shortcuts=("Ctrl+N",),
            icon_name="add",
            is_enabled=is_online,
        ),
        Action(
            "palette",
            tr("Search or run a command"),
            window.show_palette,
            group=group,
            shortcuts=(PALETTE_KEYS,),
            icon_name="search",
        ),
        Action(
            "filter",
            tr("Search in this view"),
            lambda: window.current.focus_filter(),
            group=group,
            shortcuts=("/", "Ctrl+F"),
            icon_name="search",
        ),
        Action(
            "refresh",
            tr("Reload"),
            lambda: window.current.refresh(),
            group=group,
            shortcuts=("F5",),
            icon_name="refresh",
            is_enabled=is_online,
        ),
        Action(
            "undo",
            tr("Undo: %1", context.undo.newest) if context.undo.newest else tr("Undo"),
            window.undo,
            group=group,
            shortcuts=("Ctrl+Z",),
            icon_name="undo",
            is_enabled=lambda: is_online() and bool(context.undo.newest),
        ),
        Action(
            "connection",
            tr("Switch connection"),
            window.chooser_wanted.emit,
            group=group,
            shortcuts=("Ctrl+Shift+O",),
            icon_name="connection",
        ),
        Action(
            "theme.toggle",
            tr("Switch between light and dark"),
            context.theme.toggle,
            group=group,
            shortcuts=("Ctrl+Shift+L",),
            icon_name="theme",
        ),
        Action(
            "side_bar",
            tr("Collapse or expand the side bar"),
            window.side_bar.toggle,
            group=group,
            shortcuts=("Ctrl+B",),
            icon_name="fold",
        ),
        Action(
            "shortcuts",
            tr("Show keyboard shortcuts"),
            window.show_shortcuts,
            group=group,
            shortcuts=("F1",),
            icon_name="keyboard",
        ),
    ]


def _views(window: "MainWindow") -> list[Action]:
    return [
        Action(
            f"view.{spec.name}",
            tr("Go to %1", spec.title()),
            lambda name=spec.name: window.show_view(name),  # type: ignore[misc]
            group=tr("Views"),
            shortcuts=shortcuts_of(place),
            icon_name=spec.name,
        )
        for place, spec in enumerate(VIEWS)
    ]
