"""The banner on the connection: lost, signed out, or the local backend on its way."""

from PySide6.QtCore import QObject, Signal

from console.connection.backend_connection import ConnectionState
from console.connection.errors import Trouble, explain
from console.context import Context
from console.widgets.banner import Banner
from console.words import tr


class ConnectionBanner(QObject):
    """Says how the connection is while it is not well; its buttons do what helps."""

    sign_in_wanted = Signal()
    log_wanted = Signal()

    def __init__(self, context: Context, banner: Banner) -> None:
        super().__init__(banner)
        self._connection = context.connection
        self._keeper = context.keeper
        self._banner = banner
        banner.acted.connect(self._act)
        banner.second_acted.connect(self.log_wanted)
        self._connection.state_changed.connect(self.show_state)
        self._keeper.changed.connect(self.show_state)

    def show_state(self) -> None:
        """Say how it is now."""
        connection = self._connection
        log = tr("Show log") if self._keeper.is_local and self._keeper.log_path.exists() else ""
        if connection.is_online or (connection.state is ConnectionState.CONNECTING and not self._keeper.is_starting):
            self._banner.hide()
        elif self._keeper.is_starting:
            what = tr("The local backend is starting.")
            trouble = Trouble(what, tr("The first start takes a few seconds longer."), self._age(), what)
            self._banner.show_trouble(trouble, second=log, can_dismiss=False)
        elif connection.state is ConnectionState.SIGNED_OUT and connection.error is not None:
            self._banner.show_trouble(explain(connection.error), action=tr("Sign in"), can_dismiss=False)
        elif self._keeper.can_start:
            self._banner.show_trouble(self._stopped(), action=tr("Restart"), second=log, can_dismiss=False)
        elif connection.error is not None:
            self._banner.show_trouble(self._lost(explain(connection.error)), action=tr("Retry now"), can_dismiss=False)

    def _stopped(self) -> Trouble:
        what = tr("The local backend is not running.")
        why = (
            tr("It stopped several times in the last few minutes and is no longer restarted automatically.")
            if self._keeper.has_given_up
            else ""
        )
        details = explain(self._connection.error).details if self._connection.error is not None else what
        return Trouble(what, why, self._age() or tr("Restart it, or choose another backend."), details)

    def _lost(self, trouble: Trouble) -> Trouble:
        age = self._age()
        if not age:
            return trouble
        what = tr("The connection is lost. You see data from %1.", self._seen())
        return Trouble(what, trouble.why, trouble.next_step, trouble.details)

    def _age(self) -> str:
        seen = self._seen()
        return tr("You see data from %1.", seen) if seen else ""

    def _seen(self) -> str:
        return f"{self._connection.last_seen.astimezone():%H:%M:%S}" if self._connection.last_seen is not None else ""

    def _act(self) -> None:
        if self._connection.state is ConnectionState.SIGNED_OUT:
            self.sign_in_wanted.emit()
        elif self._keeper.can_start:
            self._keeper.start()
        else:
            self._connection.retry_now()
