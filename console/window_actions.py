"""What can be done in the window, whichever view is shown."""

from collections.abc import Callable
from dataclasses import dataclass

from console.actions import Action
from console.context import Context
from console.title_strip import PALETTE_KEYS
from console.views.known_views import VIEWS, shortcuts_of
from console.words import tr
from shared.enums import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowCommands:
    """What the window does, for the actions that ask for it."""

    create_task: Callable[[], object]
    show_view: Callable[[str], object]
    show_palette: Callable[[], object]
    show_help: Callable[[], object]
    show_shortcuts: Callable[[], object]
    focus_filter: Callable[[], object]
    refresh: Callable[[], object]
    undo: Callable[[], object]
    choose_backend: Callable[[], object]
    toggle_side_bar: Callable[[], object]
    go_back: Callable[[], object]
    go_forward: Callable[[], object]


def window_actions(commands: WindowCommands, context: Context) -> list[Action]:
    """Return the actions, with their words in the language in use."""
    return [*_everywhere(commands, context), *_views(commands)]


def _everywhere(commands: WindowCommands, context: Context) -> list[Action]:
    group = tr("Everywhere")

    def is_online() -> bool:
        return context.connection.is_online

    return [
        Action(
            "task.new",
            tr("New task"),
            commands.create_task,
            group=group,
            shortcuts=("Ctrl+N",),
            icon_name="add",
            is_enabled=is_online,
            refusal=lambda: context.permissions.why_nowhere(Permission.EDIT),
        ),
        Action(
            "palette",
            tr("Search or run a command"),
            commands.show_palette,
            group=group,
            shortcuts=(PALETTE_KEYS,),
            icon_name="search",
        ),
        Action(
            "filter",
            tr("Search in this view"),
            commands.focus_filter,
            group=group,
            shortcuts=("/", "Ctrl+F"),
            icon_name="search",
        ),
        Action(
            "refresh",
            tr("Reload"),
            commands.refresh,
            group=group,
            shortcuts=("F5",),
            icon_name="refresh",
            is_enabled=is_online,
        ),
        Action(
            "undo",
            tr("Undo: %1", context.undo.newest) if context.undo.newest else tr("Undo"),
            commands.undo,
            group=group,
            shortcuts=("Ctrl+Z",),
            icon_name="undo",
            is_enabled=lambda: is_online() and bool(context.undo.newest),
        ),
        Action(
            "connection",
            tr("Switch connection"),
            commands.choose_backend,
            group=group,
            shortcuts=("Ctrl+Shift+O",),
            icon_name="connection",
        ),
        Action("back", tr("Go back"), commands.go_back, group=group, shortcuts=("Alt+Left",), icon_name="back"),
        Action(
            "forward",
            tr("Go forward"),
            commands.go_forward,
            group=group,
            shortcuts=("Alt+Right",),
            icon_name="forward",
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
            commands.toggle_side_bar,
            group=group,
            shortcuts=("Ctrl+B",),
            icon_name="fold",
        ),
        Action(
            "help",
            tr("Open the documentation of this view"),
            commands.show_help,
            group=group,
            shortcuts=("F1",),
            icon_name="help",
        ),
        Action(
            "shortcuts",
            tr("Show keyboard shortcuts"),
            commands.show_shortcuts,
            group=group,
            shortcuts=("Shift+F1", "Ctrl+?"),
            icon_name="keyboard",
        ),
    ]


def _views(commands: WindowCommands) -> list[Action]:
    return [
        Action(
            f"view.{spec.name}",
            tr("Go to %1", spec.title()),
            lambda name=spec.name: commands.show_view(name),  # type: ignore[misc]
            group=tr("Views"),
            shortcuts=shortcuts_of(place),
            icon_name=spec.name,
        )
        for place, spec in enumerate(VIEWS)
    ]
