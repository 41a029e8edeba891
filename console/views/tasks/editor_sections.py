"""The sections of the task editor with their fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from console.theme.current import Theme, monospace
from console.views.tasks.choices import (
    backoff_choices,
    body_choices,
    calendar_choices,
    distribution_choices,
    lost_choices,
    misfire_choices,
    overlap_choices,
    priority_choices,
    status_choices,
    yes_no_choices,
)
from console.views.tasks.cron_builder import CronBuilder
from console.views.tasks.dependency_picker import DependencyPicker
from console.views.tasks.field_set import FieldSet, choices, completing, lines, written
from console.views.tasks.http_request import METHODS
from console.views.tasks.instant_field import InstantField
from console.views.tasks.known import Known
from console.views.tasks.pair_table import PairTable
from console.views.tasks.schedule_times import ScheduleTimes
from console.widgets.duration_field import DurationField
from console.widgets.surfaces import label
from console.words import tr
from shared.time_zones import time_zone_names

_COMMAND_HEIGHT = 132
_BODY_HEIGHT = 96


class Section(StrEnum):
    """The sections, in their order."""

    BASICS = "basics"
    SCHEDULE = "schedule"
    RUNS_AFTER = "runs_after"
    LIMITS = "limits"
    PLACEMENT = "placement"
    NOTIFICATIONS = "notifications"


def section_titles() -> Mapping[Section, str]:
    """Return the titles of the sections."""
    return {
        Section.BASICS: tr("Basics"),
        Section.SCHEDULE: tr("Schedule"),
        Section.RUNS_AFTER: tr("Runs after"),
        Section.LIMITS: tr("Retries and limits"),
        Section.PLACEMENT: tr("Placement"),
        Section.NOTIFICATIONS: tr("Notifications"),
    }


@dataclass(frozen=True, slots=True)
class Parts:
    """What stands between the fields."""

    executor_words: QLabel
    builder: CronBuilder
    times: ScheduleTimes
    upstream: DependencyPicker
    notifications: QWidget


def pages_of(fields: FieldSet, known: Known, theme: Theme, parts: Parts) -> Mapping[Section, QWidget]:
    """Return the page of each section, whose fields are added to `fields`."""
    makers = {
        Section.BASICS: lambda column: _add_basics(column, fields, known, parts),
        Section.SCHEDULE: lambda column: _add_schedule(column, fields, known, theme, parts),
        Section.RUNS_AFTER: lambda column: _add_upstream(column, fields, parts),
        Section.LIMITS: lambda column: _add_limits(column, fields, known),
        Section.PLACEMENT: lambda column: _add_placement(column, fields, known),
        Section.NOTIFICATIONS: lambda column: _add_notifications(column, fields, parts),
    }
    pages = {}
    for section, title in section_titles().items():
        area, column = _page(title)
        makers[section](column)
        column.addStretch(1)
        pages[section] = area
    return pages


def _page(title: str) -> tuple[QScrollArea, QVBoxLayout]:
    inside = QWidget()
    inside.setObjectName("content")
    column = QVBoxLayout(inside)
    column.setContentsMargins(4, 0, 12, 12)
    column.setSpacing(12)
    column.addWidget(label(title, "pageTitle"))
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inside)
    return area, column


def _heading(column: QVBoxLayout, title: str) -> None:
    column.addSpacing(4)
    column.addWidget(label(title, "cardTitle"))


def _remark(text: str) -> QLabel:
    made = label(text, "secondary")
    made.setWordWrap(True)
    return made


def _text_box(height: int) -> QPlainTextEdit:
    text = QPlainTextEdit()
    text.setFont(monospace())
    text.setTabChangesFocus(True)
    text.setMinimumHeight(height)
    return text


def _add_basics(column: QVBoxLayout, fields: FieldSet, known: Known, parts: Parts) -> None:
    row = fields.add_row(column)
    fields.add(row, "name", tr("Name"), QLineEdit(), hint="nightly-backup", stretch=3)
    fields.add(row, "folder", tr("Folder"), completing(known.folders, "finance/daily"), stretch=2)
    executor = choices([(one.name, one.name) for one in known.executors])
    fields.add(column, "executor", tr("Executor"), executor, beside=parts.executor_words)
    row = fields.add_row(column)
    fields.add(row, "http_method", tr("Method"), choices([(method, method) for method in METHODS]))
    fields.add(row, "http_url", tr("URL"), written(QLineEdit()), hint="https://example.org/health", stretch=5)
    headers = PairTable(
        known={"Accept": (), "Authorization": ("Bearer ${secret:TOKEN}",), "Content-Type": _CONTENT_TYPES}
    )
    fields.add(column, "http_headers", tr("Headers (a value may be ${secret:NAME})"), headers)
    row = fields.add_row(column)
    fields.add(row, "http_body_kind", tr("Body"), choices(body_choices()))
    expected = written(QLineEdit())
    fields.add(row, "http_expected", tr("Expected statuses (empty: any 2xx)"), expected, hint="200, 204")
    fields.add(column, "http_body", tr("Body to send"), _text_box(_BODY_HEIGHT), grows=True)
    fields.add(column, "command", tr("Command"), _text_box(_COMMAND_HEIGHT), grows=True)
    fields.add(column, "arguments", tr("Arguments"), written(QLineEdit()), hint="--level 9 'two words'")
    row = fields.add_row(column)
    fields.add(row, "working_directory", tr("Working directory"), written(QLineEdit()), hint="/srv/reports", stretch=3)
    fields.add(row, "run_as", tr("Run as user"), QLineEdit(), hint=tr("default user of the worker"), stretch=2)
    fields.add(column, "environment", tr("Environment (a value may be ${secret:NAME})"), PairTable())
    fields.add(column, "description", tr("Description"), lines())
    fields.add(column, "labels", tr("Labels"), PairTable(known=known.labels))


_CONTENT_TYPES = ("application/json", "application/x-www-form-urlencoded", "text/plain; charset=utf-8")


def _add_schedule(column: QVBoxLayout, fields: FieldSet, known: Known, theme: Theme, parts: Parts) -> None:
    fields.add(column, "schedule", tr("Schedule"), written(QLineEdit()), hint="0 3 * * 1-5", beside=parts.builder)
    column.addWidget(_remark(tr("Cron, or: every 90s · after 10m · at 2026-12-24T18:00")))
    row = fields.add_row(column)
    zone = completing(time_zone_names())
    fields.add(row, "timezone", tr("Time zone"), zone)
    fields.add(row, "status", tr("State of the schedule"), choices(status_choices()))
    column.addWidget(parts.times)
    row = fields.add_row(column)
    overlap = choices(overlap_choices())
    fields.add(row, "overlap_policy", tr("If the previous scheduled run is still running"), overlap)
    fields.add(row, "misfire_policy", tr("Missed runs"), choices(misfire_choices()))
    row = fields.add_row(column)
    fields.add(row, "jitter_seconds", tr("Random delay"), DurationField())
    row.addStretch(1)
    _heading(column, tr("Days off, blackouts and date limits"))
    row = fields.add_row(column)
    calendar = completing([one.name for one in known.calendars], tr("none"))
    fields.add(row, "calendar", tr("Calendar"), calendar)
    fields.add(row, "calendar_policy", tr("On a day off, the run"), choices(calendar_choices()))
    row = fields.add_row(column)
    for name, title, hint in (
        ("starts_at", tr("Not before"), "2026-12-01 00:00 UTC"),
        ("ends_at", tr("Not after"), "2027-01-01 00:00 UTC"),
    ):
        fields.add(row, name, title, InstantField(theme, zone.currentText, hint))
    blackouts = lines()
    how = _remark(tr("One per line: 0 22 * * 5 for 2h, or 2026-12-24 00:00 UTC - 2026-12-27 00:00 UTC"))
    fields.add(column, "blackouts", tr("Blackouts"), blackouts, beside=how)


def _add_upstream(column: QVBoxLayout, fields: FieldSet, parts: Parts) -> None:
    column.addWidget(
        _remark(
            tr(
                "The task runs after all of these tasks have run. With “all runs of the period”, it waits for every "
                "run of the upstream task since its own previous occurrence."
            )
        )
    )
    fields.add(column, "depends_on", tr("Upstream tasks"), parts.upstream)


def _add_limits(column: QVBoxLayout, fields: FieldSet, known: Known) -> None:
    _heading(column, tr("Retry policy"))
    row = fields.add_row(column)
    fields.add(row, "retry_count", tr("Retries"), QLineEdit())
    fields.add(row, "retry_delay_seconds", tr("First retry delay"), DurationField())
    row = fields.add_row(column)
    fields.add(row, "retry_backoff", tr("Backoff"), choices(backoff_choices()))
    fields.add(row, "retry_max_delay_seconds", tr("Maximum retry delay"), DurationField())
    row = fields.add_row(column)
    fields.add(row, "retry_exit_codes", tr("Retry only after exit codes"), QLineEdit(), hint=tr("any, or 1, 75"))
    statuses = QLineEdit()
    fields.add(row, "retry_http_statuses", tr("Retry only after HTTP statuses"), statuses, hint=tr("any, or 502, 503"))
    fields.add(row, "retry_on_timeout", tr("Retry after a timeout"), choices(yes_no_choices()))
    fields.add(column, "on_worker_lost", tr("If the worker is lost"), choices(lost_choices()))
    _heading(column, tr("Time limits"))
    row = fields.add_row(column)
    fields.add(row, "timeout_seconds", tr("Timeout of an attempt"), DurationField())
    fields.add(
        row, "retry_timeout_seconds", tr("Total time limit for all attempts"), _optional_duration(tr("no limit"))
    )
    row = fields.add_row(column)
    waiting = _optional_duration(tr("no limit"))
    fields.add(row, "queue_timeout_seconds", tr("Expire if still waiting after"), waiting)
    row.addStretch(1)
    _heading(column, tr("Concurrency"))
    row = fields.add_row(column)
    fields.add(row, "max_concurrency", tr("Maximum concurrent runs"), QLineEdit(), hint=tr("no limit"))
    group = completing([one.name for one in known.groups], tr("none"))
    fields.add(row, "concurrency_group", tr("Concurrency group"), group)
    _heading(column, tr("Resources and retention"))
    row = fields.add_row(column)
    fields.add(row, "max_memory_mb", tr("Memory limit (MiB)"), QLineEdit(), hint=tr("no limit"))
    fields.add(row, "max_cpu_seconds", tr("CPU time limit"), _optional_duration(tr("no limit")))
    fields.add(row, "max_open_files", tr("Open file limit"), QLineEdit(), hint=tr("system limit"))
    row = fields.add_row(column)
    fields.add(row, "keep_runs", tr("Runs to keep"), QLineEdit(), hint=tr("all"))
    fields.add(row, "keep_days", tr("Days to keep runs"), QLineEdit(), hint=tr("forever"))


def _optional_duration(empty: str) -> DurationField:
    """Return a field for a duration; `empty` says what it means to leave it empty."""
    made = DurationField()
    made.setPlaceholderText(empty)
    return made


def _add_placement(column: QVBoxLayout, fields: FieldSet, known: Known) -> None:
    row = fields.add_row(column)
    fields.add(row, "priority", tr("Priority"), choices(priority_choices()))
    task_type = completing(known.task_types, tr("the executor's name"))
    fields.add(row, "task_type", tr("Task type"), task_type)
    column.addWidget(_remark(tr("A worker runs tasks of the types that it was started with.")))
    row = fields.add_row(column)
    fields.add(row, "distribution", tr("Distribution"), choices(distribution_choices()))
    fields.add(row, "shard_count", tr("Number of shards"), QLineEdit())
    fields.add(column, "worker_labels", tr("Required worker labels"), PairTable(known=known.worker_labels))


def _add_notifications(column: QVBoxLayout, fields: FieldSet, parts: Parts) -> None:
    column.addWidget(parts.notifications)
    _heading(column, tr("When alerts are raised"))
    row = fields.add_row(column)
    for name, title in (
        ("late_after_seconds", tr("If not started within")),
        ("expected_duration_seconds", tr("If running longer than")),
    ):
        fields.add(row, name, title, _optional_duration(tr("no alert")))
    row = fields.add_row(column)
    title = tr("Pause the schedule after consecutive failures")
    fields.add(row, "pause_after_failures", title, QLineEdit(), hint=tr("does not pause"))
    row.addStretch(1)
