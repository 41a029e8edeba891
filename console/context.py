"""What every view is given."""

from dataclasses import dataclass

from console.alert_watch import AlertWatch
from console.background import BackgroundJobs
from console.connection.backend_connection import BackendConnection
from console.connection.local_keeper import LocalKeeper
from console.connection.permissions import Permissions
from console.connection.saved_connections import SavedConnection
from console.feeds.feeds import Feeds
from console.health import Health
from console.memory import Memory
from console.newer_version import NewerVersion
from console.preferences import Preferences
from console.silences import Silences
from console.theme.current import Theme
from console.undo import UndoStack
from console.words import Times


@dataclass(frozen=True, slots=True)
class Context:
    """The theme, the connection, the owner of background jobs, what is remembered and chosen, and what can be undone.

    `memory` is that of the backend in use; `keeper` keeps this machine's backend; `permissions` says what the user may
    do, `health` how the backend's parts are, `alerts` how many incidents are new, `silences` which alerts are silenced,
    `newer_version` whether Taskdeck has a newer version.
    """

    theme: Theme
    connection: BackendConnection
    feeds: Feeds
    background: BackgroundJobs
    memory: Memory
    undo: UndoStack
    preferences: Preferences
    saved_connection: SavedConnection
    keeper: LocalKeeper
    permissions: Permissions
    health: Health
    alerts: AlertWatch
    silences: Silences
    newer_version: NewerVersion

    @property
    def times(self) -> Times:
        """How instants are shown; after a change of it the window is built again."""
        return Times(self.preferences.times, self.connection.present)
