"""The page of one run: its log first when it failed, what differed, its attempts, inputs and result."""

import json

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from console.acknowledging import ACKNOWLEDGE
from console.charts.usual_band import UsualBand
from console.connection.refresher import Refresher
from console.context import Context
from console.feeds.runs import RunEvent
from console.silencing import SILENCE_UNTIL_RECOVERY
from console.theme.current import monospace
from console.theme.glyphs import GLYPH_OF
from console.views.object_page import ObjectPage
from console.views.run.actions import NEWER, OLDER, RunPageActions
from console.views.run.alert_section import RunAlertSection
from console.views.run.beside_section import BesideSection
from console.views.run.comparison_section import ComparisonSection
from console.views.run.facts import MOST_BESIDE, RunFacts, detail_facts, load_context, load_run
from console.views.run.input_section import InputSection
from console.views.run.neighbours import RunNeighbours
from console.views.run.sections import FAILED, Section, sections_of
from console.views.run.state_words import last_error_line, state_words
from console.views.runs.actions import RunActionId
from console.views.runs.attempt_spans import attempt_spans
from console.views.runs.attempt_timeline import AttemptTimeline
from console.views.runs.compare_dialog import CompareDialog
from console.views.runs.log.log_view import LogView
from console.views.runs.resource_chart import ResourceChart
from console.widgets.action_buttons import ActionButtons
from console.widgets.elided_label import ElidedLabel
from console.widgets.link import Link
from console.widgets.linked_facts import LinkedFacts
from console.widgets.page_header import PageHeader
from console.widgets.surfaces import Card
from console.widgets.text_block import TextBlock
from console.words import tr
from shared.enums import EventType
from shared.models.alert import Alert
from shared.models.run import Run

_KEYS: dict[str, str] = {RunActionId.RETRY: "R", NEWER: "N", OLDER: "O"}
_ON_BAR = (RunActionId.CANCEL, ACKNOWLEDGE, SILENCE_UNTIL_RECOVERY)
_LOG_SHARE = 0.6
_LEAST_LOG, _MOST_LOG = 160, 900
_LOG_BAR = 36
"""Pixels of the search field above the lines."""


class RunView(ObjectPage[Run]):
    """Live: the log is followed, and the rest is loaded again with each event of the run."""

    name = "run"
    wanted_key = "run"
    link_view = "runs"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.facts: RunFacts | None = None
        self._band: UsualBand | None = None
        self._compared: int | None = None
        self.run_actions = RunPageActions(context, self)
        self.run_actions.done.connect(self.refresh)
        self.run_actions.said.connect(self.said)
        for opened in (self.run_actions.retried, self.run_actions.run_wanted):
            opened.connect(self._open)
        self.run_actions.compare_wanted.connect(self.compare)
        self.log = LogView(context)
        self.timeline, self._chart = (
            AttemptTimeline(context.theme, now=context.connection.present),
            ResourceChart(context.theme),
        )
        self.inputs = InputSection()
        self.result = TextBlock(tr("Result"), font=monospace())
        self.comparison = ComparisonSection(context)
        self.beside = BesideSection(context)
        self.alerts = RunAlertSection(context)
        self.details = LinkedFacts()
        self._details_card = _card(tr("Details"), self.details)
        self._cards: dict[Section, QWidget] = {
            Section.LOG: _card(tr("Log"), self.log),
            Section.COMPARISON: self.comparison,
            Section.ATTEMPTS: _card(tr("Attempts"), self.timeline, self._chart),
            Section.RESULT: _card(tr("Result"), self.result),
            Section.INPUTS: self.inputs,
            Section.BESIDE: self.beside,
        }
        self.task = Link(opens=tr("Open the task"))
        self.error = ElidedLabel("", "bad")
        buttons = ActionButtons(
            context.theme, [*self.run_actions.row_actions(), self.copy_link_action()], on_bar=_ON_BAR, keys=_KEYS
        )
        header = PageHeader(context.theme, buttons)
        header.place_below([self.task, self.error])
        self.set_up(buttons, header)
        self.add_tables(self.comparison.table, self.beside.table, self.alerts.table)
        self.log.textChanged.connect(self._fit_log)
        self.task.clicked.connect(self._open_task)
        self.comparison.run_wanted.connect(self._open)
        self.comparison.whole_wanted.connect(self.compare)
        self.beside.run_wanted.connect(self._open)
        self.alerts.alerts_wanted.connect(lambda: self.follow.emit("alerts", {}))
        self.details.followed.connect(self.follow)
        self._context_of_run = Refresher(context.background, self._load_context, name="run context", parent=self)
        context.feeds.runs.changed.connect(self._run_changed)
        for happened in (context.feeds.alerts.raised, context.feeds.alerts.acknowledged):
            happened.connect(self._alert_raised)

    def title(self) -> str:
        return tr("Run")

    def window_title(self) -> str:
        """Override View.window_title: the run and its task."""
        run = self.run
        return self._name_of(run) if run is not None else self.title()

    @property
    def run(self) -> Run | None:
        """The run that is shown."""
        return self.facts.run if self.facts is not None else None

    def primary_action(self) -> str:
        """Offer to run it again, once it has ended."""
        return tr("Re-run") if self.run is not None and self.run.status.is_final else ""

    def primary_refusal(self) -> str:
        """Return why the user may not run it again."""
        return self.buttons.refusal_of(RunActionId.RETRY)

    def do_primary_action(self) -> None:
        """Run it again."""
        self.buttons.act(RunActionId.RETRY)

    def focus_filter(self) -> None:
        """Put the keyboard into the search of the log."""
        if self.log.isVisible():
            self.log.focus_search()

    async def load_object(self, object_id: int) -> None:
        """Override ObjectPage.load_object: ask for all parts at once; what it is compared with follows."""
        facts = await load_run(self.context.connection.client, object_id)
        if object_id != self.object_id:
            return
        self.facts = facts
        run = facts.run
        if self.log.run_id != run.id and Section.LOG in sections_of(run):
            self.log.follow(run.id)
        self.timeline.show_spans(attempt_spans(run, facts.attempts))
        self._chart.show_samples([one for one in facts.samples if one.attempt == run.attempt])
        self.inputs.show_inputs(facts.inputs)
        self.result.show_text("" if run.output is None else json.dumps(run.output, ensure_ascii=False, indent=2))
        self.beside.show_runs(run, facts.beside, most=MOST_BESIDE)
        self._show_head()
        self._fit_log()
        self._place(run)
        self.show_object(run)
        if self._compared != run.id:
            self._context_of_run.request_now()

    def forget_object(self) -> None:
        """Override ObjectPage.forget_object: follow no log."""
        self.facts = self._band = self._compared = None
        self.run_actions.neighbours = RunNeighbours()
        self.alerts.show_alerts(None, [])
        self.log.follow(None)
        self.comparison.forget()
        self.inputs.hide_values()

    def missing_words(self) -> str:
        """Override ObjectPage.missing_words."""
        return tr("Run %1 does not exist. It was deleted, or you may not read it.", self.object_id)

    def tick(self) -> None:
        """Override ObjectPage.tick: let all relative times follow."""
        self._show_head()
        self.beside.tick()
        self.alerts.tick()
        if self.run is not None and not self.run.status.is_final:
            self.timeline.update()

    def compare(self) -> CompareDialog | None:
        """Open the whole comparison with the last success."""
        if self.run is None:
            return None
        dialog = CompareDialog(self.context, self.run, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget.resizeEvent: give the log a share of the height."""
        super().resizeEvent(event)
        self._fit_log()

    def _fit_log(self) -> None:
        """Give the log a share of the page; the log of a run that has ended is no higher than its lines."""
        most = min(max(round(self.height() * _LOG_SHARE), _LEAST_LOG), _MOST_LOG)
        if self.run is not None and self.run.status.is_final:
            lines = len(self.log.canvas.document)
            most = min(most, max(_LEAST_LOG, _LOG_BAR + (lines + 2) * self.log.canvas.row_box(0).height()))
        if most != self.log.maximumHeight():
            self.log.setFixedHeight(most)

    def _place(self, run: Run) -> None:
        order = [self._cards[section] for section in sections_of(run)]
        side = [self._details_card, self.alerts, *(card for card in order if card is self.beside)]
        main = [card for card in order if card not in side]
        self.columns.show_sections([], main, side, [*order[:1], self._details_card, self.alerts, *order[1:]])
        for card in self._cards.values():
            if card in order or card.parent() is not None:  # one without a place would be a window of its own
                card.setVisible(card in order)

    def _name_of(self, run: Run) -> str:
        return f"{run.task_name} · {tr('run %1', run.id)}"

    def _show_head(self) -> None:
        if self.facts is None:
            return
        run, now = self.facts.run, self.context.times.now()
        state = state_words(run, self._band, self.context.times, now)
        self.header.show_object(self._name_of(run), GLYPH_OF[run.status], state)
        self.task.show_text(run.task_name)
        self.error.setText(last_error_line(run) if run.status in FAILED else "")
        neighbours = self.run_actions.neighbours
        self.details.show_facts(detail_facts(self.facts, self._band, neighbours, self.context.times, now))

    async def _load_context(self) -> None:
        """Load what stands around the run: its neighbours and alerts, the usual duration, the last success."""
        facts = self.facts
        if facts is None:
            return
        run = facts.run
        with self.missing_if_gone(run.id):
            around = await load_context(self.context.connection.client, run, facts.inputs)
            if run.id != self.object_id:
                return
            self._band = around.band
            self.run_actions.neighbours = around.neighbours
            self.alerts.show_alerts(run, around.alerts)
            if run.status in FAILED:
                self.comparison.show_comparison(around.comparison)
            self._compared = run.id if run.status.is_final else None
            self._show_head()
            self.columns.order_focus()
            self.loaded.emit()

    def _run_changed(self, event: RunEvent) -> None:
        if event.run.id == self.object_id:
            if event.type is EventType.RUN_FINISHED:
                self._compared = None
            self.changed()
        elif self.run is not None and event.run.task_id == self.run.task_id and event.type is EventType.RUN_CREATED:
            self._look_around()

    def _alert_raised(self, alert: Alert) -> None:
        if alert.run_id is not None and alert.run_id == self.object_id:
            self._look_around()

    def _look_around(self) -> None:
        """Load again what stands around the run; what is hidden, when it is shown."""
        if self.isVisible():
            self._context_of_run.request()
        else:
            self._compared = None
            self.mark_out_of_date()

    def _open(self, run_id: int) -> None:
        self.follow.emit("run", {"run": run_id})

    def _open_task(self) -> None:
        if self.run is not None:
            self.follow.emit("task", {"task": self.run.task_id})


def _card(title: str, *inside: QWidget) -> Card:
    card = Card(title)
    for one in inside:
        card.body.addWidget(one)
    return card
