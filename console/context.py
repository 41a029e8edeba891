"""What every view is given."""

from dataclasses import dataclass

from PySide6.QtCore import QSettings

from console.link.backend_link import BackendLink
from console.link.connections import Connection
from console.link.local_keeper import LocalKeeper
from console.memory import Memory
from console.preferences import Preferences
from console.supervised import TaskSet
from console.theme.current import Theme
from console.undo import UndoStack


@dataclass(frozen=True, slots=True)
class Context:
    """The theme, the connection, the owner of running work, what is remembered and chosen, and what can be undone.

    `remembered` is of the console as a whole, `memory` of the backend in use; `keeper` keeps this machine's backend.
    """

    theme: Theme
    link: BackendLink
    tasks: TaskSet
    remembered: QSettings
    memory: Memory
    undo: UndoStack
    preferences: Preferences
    connection: Connection
    keeper: LocalKeeper
