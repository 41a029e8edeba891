"""How the backend's parts are, in the side bar's last lines."""

from PySide6.QtCore import QObject, QTimer, Signal

from console.connection.refresher import Refresher
from console.context import Context
from console.words import duration, tr
from shared.models.system import Readiness

_EVERY_MS = 15_000
_BROKERS = ("message_queue", "broker")


def vital_lines(readiness: Readiness, dispatcher: str | None, *, has_broker: bool) -> list[str]:
    """Return a line for each part: its name and its latency, or that it does not answer."""
    lines = [tr("Dispatcher  %1", dispatcher or tr("none"))]
    for check in readiness.checks:
        if check.name not in ("database", *_BROKERS):
            continue
        name = tr("Broker") if check.name in _BROKERS else tr("Database")
        if check.name in _BROKERS and not has_broker:
            lines.append(tr("Broker  built in"))
        elif not check.ok:
            lines.append(tr("%1  not responding", name))
        elif check.latency_ms is not None:
            lines.append(f"{name}  {duration(round(check.latency_ms))}")
    return lines


class VitalSigns(QObject):
    """Asks the backend every 15 s; `changed` carries the lines."""

    changed = Signal(list)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._connection = context.connection
        self._refresher = Refresher(context.background, self._load, name="vital signs", parent=self)
        context.connection.resynced.connect(self._refresher.request)
        timer = QTimer(self)
        timer.setInterval(_EVERY_MS)
        timer.timeout.connect(self._tick)
        timer.start()

    def _tick(self) -> None:
        if self._connection.is_online:
            self._refresher.request()

    async def _load(self) -> None:
        client = self._connection.client
        readiness = await client.ready()
        dispatcher = await client.dispatcher()
        info = await client.info()
        self.changed.emit(
            vital_lines(
                readiness, dispatcher.hostname if dispatcher.active else None, has_broker=info.broker.startswith("amqp")
            )
        )
