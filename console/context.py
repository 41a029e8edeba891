"""What every view is given."""

from dataclasses import dataclass

from PySide6.QtCore import QSettings

from console.link.backend_link import BackendLink
from console.supervised import TaskSet
from console.theme.current import Theme


@dataclass(frozen=True, slots=True)
class Context:
    """The theme, the connection, the owner of running work, and what is remembered."""

    theme: Theme
    link: BackendLink
    tasks: TaskSet
    remembered: QSettings
