"""What a person can do with workers."""

from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from console.bulk import BulkWords, bulk_words, change_each
from console.context import Context
from console.views.policies.form_dialog import FormDialog
from console.views.policies.form_field import FormField
from console.views.workers.model import GONE
from console.widgets.confirm import ConfirmDialog
from console.widgets.row_action import ActionGroup, RowAction
from console.widgets.secret_dialog import SecretDialog
from console.words import enumeration, number, tr
from shared.enums import Role, WorkerKeyState, WorkerStatus
from shared.models.worker import Worker, WorkerEnrolment


class WorkerActionId(StrEnum):
    """The actions of the workers' table."""

    DRAIN = "drain"
    RESUME = "resume"
    NEW_KEY = "new_key"
    REVOKE = "revoke"
    REMOVE = "remove"
    SHOW_RUNS = "show_runs"


class WorkerActions(QObject):
    """Asks where a change cannot be undone, and carries it out.

    `done` follows each change, `said` carries a sentence on what became of it.
    """

    done = Signal()
    said = Signal(str)
    runs_wanted = Signal(str)

    def __init__(self, context: Context, window: QWidget) -> None:
        super().__init__(window)
        self._context = context
        self._window = window
        self.shown: SecretDialog | None = None

    def row_actions(self) -> list[RowAction[Worker]]:
        """Return what the table offers for its rows."""
        return [
            RowAction(
                id=WorkerActionId.DRAIN,
                text=lambda: tr("Drain (no new runs)"),
                do=self.drain,
                icon_name="drain",
                group=ActionGroup.RUN,
                applies=lambda worker: worker.status is WorkerStatus.ONLINE,
                refusal=self._needs(Role.OPERATOR),
            ),
            RowAction(
                id=WorkerActionId.RESUME,
                text=lambda: tr("Resume (new runs again)"),
                do=self.resume,
                icon_name="play",
                group=ActionGroup.RUN,
                applies=lambda worker: worker.status is WorkerStatus.DRAINING,
                refusal=self._needs(Role.OPERATOR),
            ),
            RowAction(
                id=WorkerActionId.NEW_KEY,
                text=lambda: tr("New key…"),
                do=lambda workers: self.replace_key(workers[0]),
                icon_name="key",
                group=ActionGroup.ORGANISE,
                applies=lambda worker: worker.key_state is not WorkerKeyState.NONE,
                on_hover=False,
                refusal=self._needs(Role.ADMIN),
            ),
            RowAction(
                id=WorkerActionId.REVOKE,
                text=lambda: tr("Revoke key…"),
                do=self.revoke,
                icon_name="key",
                group=ActionGroup.ORGANISE,
                applies=lambda worker: worker.key_state is WorkerKeyState.ENROLLED,
                on_hover=False,
                refusal=self._needs(Role.ADMIN),
            ),
            RowAction(
                id=WorkerActionId.REMOVE,
                text=lambda: tr("Remove…"),
                do=self.remove,
                icon_name="delete",
                group=ActionGroup.END,
                applies=lambda worker: worker.status in GONE,
                refusal=self._needs(Role.OPERATOR),
            ),
            RowAction(
                id=WorkerActionId.SHOW_RUNS,
                text=lambda: tr("Show runs"),
                do=lambda workers: self.runs_wanted.emit(workers[0].id),
                icon_name="runs",
                on_hover=False,
            ),
        ]

    def _needs(self, role: Role) -> Callable[[Worker], str]:
        return lambda _worker: self._context.permissions.why_not_by_role(role)

    def drain(self, workers: Sequence[Worker]) -> None:
        """Ask, then assign the workers no more runs."""
        held = sum(worker.current_task_count for worker in workers)
        dialog = ConfirmDialog(
            self._window,
            question=tr("Drain %1?", _named(workers)),
            effect=tr("It gets no new runs. Its %1 current runs continue until they end.", number(held)),
            verb=tr("Drain"),
        )
        dialog.accepted.connect(
            lambda: self._start(workers, self._context.connection.client.drain_worker, _DRAIN, name="drain workers")
        )
        dialog.open()

    def resume(self, workers: Sequence[Worker]) -> None:
        """Assign runs to the workers again."""
        self._start(workers, self._context.connection.client.resume_worker, _RESUME, name="resume workers")

    def add(self) -> FormDialog:
        """Ask for the id of a new worker, and show its key."""

        async def send(body: dict[str, Any]) -> None:
            self._show(await self._context.connection.client.enroll_worker(str(body["worker_id"])))

        fields = [FormField(name="worker_id", title=lambda: tr("Worker id"), hint="build-1")]
        dialog = FormDialog(self._context, tr("Add worker"), fields, {}, send, self._window, verb=tr("Create key"))
        dialog.open()
        return dialog

    def replace_key(self, worker: Worker) -> None:
        """Ask, then give a worker another key, and show it."""
        dialog = ConfirmDialog(
            self._window,
            question=tr("Give %1 a new key?", worker.id),
            effect=tr("Its former key is refused at once, with the results of its current runs. Drain it first."),
            verb=tr("Create key"),
        )

        async def replace() -> None:
            self._show(await self._context.connection.client.enroll_worker(worker.id))

        dialog.accepted.connect(lambda: self._context.background.start(replace(), name="new key of a worker"))
        dialog.open()

    def revoke(self, workers: Sequence[Worker]) -> None:
        """Ask, then refuse what workers send."""
        known = [worker for worker in workers if worker.key_state is WorkerKeyState.ENROLLED]
        dialog = ConfirmDialog(
            self._window,
            question=tr("Revoke the key of %1?", _named(known)),
            effect=tr("What it sends is refused at once. Its current runs are retried or failed, as their tasks say."),
            verb=tr("Revoke key"),
        )
        dialog.accepted.connect(
            lambda: self._start(
                known, self._context.connection.client.revoke_worker, _REVOKE, name="revoke keys of workers"
            )
        )
        dialog.open()

    def _show(self, made: WorkerEnrolment) -> None:
        self.shown = SecretDialog(
            tr("Key of worker %1", made.worker_id),
            tr(
                "The key is shown only once. On the worker's machine, save it in a file that only the worker can read, "
                "and start the worker:"
            ),
            made.key,
            self._window,
            commands=f"TASKDECK_WORKER_KEY_FILE={made.worker_id}.key TASKDECK_BROKER_URL=amqps://… taskdeck worker",
        )
        self.shown.open()
        self.done.emit()

    def remove(self, workers: Sequence[Worker]) -> None:
        """Ask, then remove those from the list that are offline or lost."""
        gone = [worker for worker in workers if worker.status in GONE]
        if not gone:
            return
        dialog = ConfirmDialog(
            self._window,
            question=tr("Remove %1?", _named(gone)),
            effect=tr("It is removed from the list. Its runs stay. If it reconnects, it is listed again."),
            verb=tr("Remove"),
        )
        dialog.accepted.connect(
            lambda: self._start(gone, self._context.connection.client.delete_worker, _DELETE, name="remove workers")
        )
        dialog.open()

    def _start(
        self, workers: Sequence[Worker], call: Callable[[str], Awaitable[object]], words: BulkWords, *, name: str
    ) -> None:
        async def each() -> None:
            try:
                answer = await change_each(workers, lambda worker: call(worker.id))
            finally:
                self.done.emit()
            self.said.emit(bulk_words(words, answer))

        self._context.background.start(each(), name=name)


def _named(workers: Sequence[Worker]) -> str:
    return enumeration(worker.id for worker in workers)


_DRAIN = BulkWords(lambda: tr("1 worker drains."), lambda count: tr("%1 workers drain.", count))
_RESUME = BulkWords(lambda: tr("1 worker gets runs again."), lambda count: tr("%1 workers get runs again.", count))
_REVOKE = BulkWords(lambda: tr("1 key revoked."), lambda count: tr("%1 keys revoked.", count))
_DELETE = BulkWords(lambda: tr("1 worker removed."), lambda count: tr("%1 workers removed.", count))
