"""Pictures of the dialogs, of what lies behind a view's first page, and of the states of the window."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtWidgets import QApplication, QDialog, QTabWidget, QWidget

from console.application import Console
from console.connection_dialog import ConnectionDialog
from console.views.agenda.pages import Scale
from console.views.agenda.view import AgendaView
from console.views.alerts.view import AlertsView
from console.views.overview.faults_dialog import FaultsDialog
from console.views.policies.resources import ALERT_PAGES, RESOURCES
from console.views.policies.view import PoliciesView
from console.views.queue.view import QueueView
from console.views.runs.compare_dialog import CompareDialog
from console.views.runs.view import RunsView
from console.views.tasks.backfill_dialog import BackfillDialog
from console.views.tasks.crontab_dialog import CrontabDialog
from console.views.tasks.editor import TaskEditor
from console.views.tasks.history_dialog import HistoryDialog
from console.views.tasks.label_dialog import LabelDialog
from console.views.tasks.move_dialog import MoveDialog
from console.views.tasks.view import TasksView
from console.views.users.grants_dialog import GrantsDialog
from console.views.users.view import UsersView
from console.views.workers.dead_letters import DeadLettersDialog
from console.views.workers.view import WorkersView
from shared.enums import RunStatus
from shared.errors import ConflictError
from shared.models.task import Task

Settled = Callable[[Console], Awaitable[None]]
Keep = Callable[[QWidget, Path], None]
V = TypeVar("V", bound=QWidget)
D = TypeVar("D", bound=QDialog)
_OPEN_SECONDS = 10
_CRONTAB = """MAILTO=ops@example.org
# Backs up the shop.
0 3 * * 1-5  /usr/local/bin/backup.sh --all
@reboot /usr/local/bin/warm-up
*/10 * * * * cd /srv && ./sync 50%
61 * * * * never
"""


class DialogPictures:
    """Draws each once, in the theme, language and size that the window has."""

    def __init__(self, console: Console, place: Path, *, settled: Settled, keep: Keep) -> None:
        self._console = console
        self._window = console.window
        self._client = console.connection.client
        self._place = place
        self._settled = settled
        self._keep = keep

    async def draw(self) -> None:
        """Draw them all."""
        await self._draw_pages()
        await self._draw_runs()
        await self._draw_window_dialogs()
        await self._draw_forms()
        await self._draw_task_dialogs()
        await self._draw_banner()

    async def _shown(self, widget: QWidget, name: str) -> None:
        await self._settled(self._console)
        self._keep(widget, self._place / f"{name}.png")

    def _current(self, kind: type[V]) -> V:
        view = self._window.current
        assert isinstance(view, kind)
        return view

    async def _view(self, name: str, kind: type[V], wanted: dict[str, object] | None = None) -> V:
        if wanted is None:
            self._window.show_view(name)
        else:
            self._window.follow(name, wanted)
        await self._settled(self._console)
        return self._current(kind)

    async def _dialog(self, kind: type[D]) -> D:
        async with asyncio.timeout(_OPEN_SECONDS):
            while not isinstance(found := QApplication.activeModalWidget(), kind):
                await asyncio.sleep(0.05)
        return found

    async def _draw_dialog(self, dialog: QDialog, name: str) -> None:
        dialog.open()
        await self._shown(dialog, name)
        dialog.done(0)

    async def _draw_tabs(self, tabs: QTabWidget, name: str) -> None:
        for at in range(tabs.count()):
            tabs.setCurrentIndex(at)
            await self._shown(tabs.window(), f"{name}-{at + 1}")
        tabs.setCurrentIndex(0)

    async def _draw_pages(self) -> None:
        for page in RESOURCES:
            view = "alerts" if page.name in ALERT_PAGES else "policies"
            self._window.follow(view, {"page": page.name})
            await self._shown(self._window, f"{view}-{page.name}")
        self._window.follow("users", {"page": "tokens"})
        await self._shown(self._window, "users-tokens")
        worker = (await self._client.list_workers(limit=1)).data[0]
        self._window.follow("workers", {"worker": worker.id})
        await self._shown(self._window, "worker")
        agenda = await self._view("agenda", AgendaView)
        for scale in Scale:
            agenda.show_scale(scale)
            await self._shown(self._window, f"agenda-{scale}")

    async def _draw_runs(self) -> None:
        for name, status in (
            ("failed", RunStatus.FAILED),
            ("running", RunStatus.RUNNING),
            ("waiting", RunStatus.PENDING),
            ("blocked", RunStatus.BLOCKED),
        ):
            runs = (await self._client.list_runs(status=[status], limit=1)).data
            if runs:
                view = await self._view("runs", RunsView, {"run": runs[0].id})
                await self._draw_tabs(view.detail.tabs, f"run-{name}")
                if status is RunStatus.FAILED:
                    await self._draw_dialog(CompareDialog(self._console.context, runs[0], self._window), "compare")

    async def _draw_window_dialogs(self) -> None:
        for name, open_it in (
            ("palette", self._window.show_palette),
            ("shortcuts", self._window.show_shortcuts),
            ("backend-log", self._window.dialogs.open_backend_log),
        ):
            open_it()
            dialog = await self._dialog(QDialog)
            await self._shown(dialog, name)
            dialog.close()
        self._console.choose_backend()
        chooser = await self._dialog(ConnectionDialog)
        await self._shown(chooser, "connections")
        chooser.add.click()
        await self._shown(chooser, "connection-new")
        chooser.done(0)
        await self._draw_dialog(DeadLettersDialog(self._console.context, self._window), "dead-letters")
        await self._draw_dialog(FaultsDialog(self._console.context, self._window), "faults")

    async def _draw_forms(self) -> None:
        for spec in RESOURCES:
            wanted: dict[str, object] = {"page": spec.name}
            if spec.name in ALERT_PAGES:
                page = (await self._view("alerts", AlertsView, wanted)).pages[spec.name]
            else:
                page = (await self._view("policies", PoliciesView, wanted)).pages[spec.name]
            for name, row in (("new", None), ("edit", page.model.row_at(0))):
                if name == "new" or row is not None:
                    form = page.edit(row)
                    if form is not None:
                        await self._shown(form, f"form-{spec.name}-{name}")
                        form.done(0)
        policies = await self._view("policies", PoliciesView, {"page": "secrets"})
        await self._shown(self._window, "policies-secrets")
        users = await self._view("users", UsersView)
        workers = await self._view("workers", WorkersView)
        for name, form in (
            ("user", users.people.add()),
            ("token", users.tokens.add()),
            ("worker", workers.worker_actions.add()),
            ("secret", policies.secrets.edit(None)),
        ):
            await self._shown(form, f"form-{name}")
            form.done(0)
        await self._draw_dialog(GrantsDialog(self._console.context, self._window, username="anna"), "grants")

    async def _draw_task_dialogs(self) -> None:
        task = (await self._client.list_tasks(has_schedule=True, limit=1)).data[0]
        view = await self._view("tasks", TasksView)
        for name, edited in (("editor", task), ("editor-new", None)):
            view.task_actions.edit(edited)
            editor = await self._dialog(TaskEditor)
            for section in editor.form.sections.names:
                editor.form.sections.choose(section)
                await self._shown(editor, f"{name}-{section}")
            editor.toggle_text()
            await self._shown(editor, f"{name}-text")
            editor.toggle_text()
            if edited is None:
                await self._draw_wrong(editor)
            editor.done(0)
        context = self._console.context
        await self._draw_dialog(BackfillDialog(context, task, self._window), "backfill")
        await self._draw_dialog(HistoryDialog(context, task, self._window), "history")
        await self._draw_dialog(LabelDialog([task], task.name, self._window), "labels")
        folders = ["finance", "finance/daily", task.folder]
        move = MoveDialog(task.name, folders, current=task.folder, parent=self._window)
        await self._draw_dialog(move, "move")
        crontab = CrontabDialog(context, self._window)
        crontab.text.setPlainText(_CRONTAB)
        await self._draw_dialog(crontab, "crontab")
        await self._draw_questions(view, task)

    async def _draw_wrong(self, editor: TaskEditor) -> None:
        """Draw a request, and what is wrong with it in the form and in its text."""
        for name, text in (("executor", "http"), ("http_url", "example.org"), ("schedule", "61 * * * *")):
            editor.set_text(name, text)
        editor.set_text("http_headers", "Accept=application/json")
        editor.set_text("http_body_kind", "json")
        editor.set_text("http_body", '{"whole": true,}')
        editor.save_now()
        await self._shown(editor, "editor-errors")
        editor.toggle_text()
        editor.save_now()
        await self._shown(editor, "editor-errors-text")
        editor.toggle_text()

    async def _draw_questions(self, view: TasksView, task: Task) -> None:
        view.task_actions.ask_delete([task])
        question = await self._dialog(QDialog)
        await self._shown(question, "question-delete")
        question.done(0)
        queue = await self._view("queue", QueueView)
        await self._shown(self._window, "queue-rows")
        if rows := queue.model.rows[:2]:
            queue.queue_actions.cancel(rows)
            question = await self._dialog(QDialog)
            await self._shown(question, "question-cancel")
            question.done(0)

    async def _draw_banner(self) -> None:
        await self._view("overview", QWidget)
        self._window.show_error(ConflictError("Run 51198 has already ended: it succeeded"))
        await self._shown(self._window, "banner")
        self._window.error_banner.hide()
