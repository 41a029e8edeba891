"""The three pages of the task editor, from what every task needs to what few do."""

from PySide6.QtWidgets import QComboBox, QFrame, QLabel, QLineEdit, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from console.theme.current import monospace
from console.views.tasks.choices import (
    backoff_choices,
    calendar_choices,
    distribution_choices,
    lost_choices,
    misfire_choices,
    overlap_choices,
    priority_choices,
    yes_no_choices,
)
from console.views.tasks.cron_builder import CronBuilder
from console.views.tasks.field_set import FieldSet, choices, lines, written
from console.views.tasks.known import Known
from console.views.tasks.pair_table import PairTable
from console.views.tasks.schedule_times import ScheduleTimes
from console.widgets.boxes import ComboBox
from console.widgets.surfaces import label
from console.words import tr
from shared.time_zones import time_zone_names


def _page() -> tuple[QScrollArea, QVBoxLayout]:
    inside = QWidget()
    inside.setObjectName("content")
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 12, 8, 12)
    column.setSpacing(12)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidget(inside)
    return area, column


def essential_page(fields: FieldSet, known: Known, executor_words: QLabel) -> QWidget:
    """Return the page with what every task needs; `executor_words` says what the chosen executor does."""
    area, column = _page()
    fields.add(column, "name", tr("Name"), QLineEdit(), hint="nightly-backup")
    executor = ComboBox()
    for one in known.executors:
        executor.addItem(one.name, one.name)
    fields.add(column, "executor", tr("Executor"), executor, beside=executor_words)
    command = QPlainTextEdit()
    command.setFont(monospace())
    command.setTabChangesFocus(True)
    command.setMinimumHeight(140)
    fields.add(column, "command", tr("Command"), command, grows=True)
    fields.add(column, "arguments", tr("Arguments"), written(QLineEdit()), hint="--level 9 'two words'")
    fields.add(column, "folder", tr("Folder"), QLineEdit(), hint="finance/daily")
    fields.add(column, "description", tr("Description"), QLineEdit())
    return area


def schedule_page(fields: FieldSet, known: Known, builder: CronBuilder, times: ScheduleTimes) -> QWidget:
    """Return the page with when it runs; `builder` and `times` stand beside the text of the schedule."""
    area, column = _page()
    fields.add(column, "schedule", tr("Schedule"), written(QLineEdit()), hint="0 3 * * 1-5", beside=builder)
    kinds = label(tr("Cron, or: every 90s · after 10m · at 2026-12-24T18:00"), "secondary")
    kinds.setWordWrap(True)
    column.addWidget(kinds)
    zone = ComboBox()
    zone.setEditable(True)
    zone.addItems(sorted(time_zone_names()))
    zone.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    fields.add(column, "timezone", tr("Time zone"), zone)
    column.addWidget(times)
    fields.add(
        column,
        "overlap_policy",
        tr("If the previous run is still running (scheduled runs)"),
        choices(overlap_choices()),
    )
    fields.add(column, "misfire_policy", tr("Missed runs"), choices(misfire_choices()))
    waits = lines()
    hint = label(
        tr(
            "One task per line. It waits for the last success; write “report: failure” or “report: completion” for "
            "another outcome, and “report: period” for all runs of the period."
        ),
        "secondary",
    )
    hint.setWordWrap(True)
    fields.add(column, "depends_on", tr("Runs after"), waits, beside=hint)
    fold = fields.add_fold(column, tr("Days off, blackouts and date limits"))
    calendar = ComboBox()
    calendar.addItem(tr("none"), "")
    for one in known.calendars:
        calendar.addItem(one.name, one.name)
    fields.add(fold, "calendar", tr("Calendar"), calendar)
    fields.add(fold, "calendar_policy", tr("On a day off, the run"), choices(calendar_choices()))
    fields.add(
        fold,
        "blackouts",
        tr("Blackouts, one per line (0 22 * * 5 for 2h, or 2026-12-24 00:00 UTC - 2026-12-27 00:00 UTC)"),
        lines(),
    )
    fields.add(fold, "starts_at", tr("Not before"), written(QLineEdit()), hint="2026-12-01 00:00 UTC")
    fields.add(fold, "ends_at", tr("Not after"), written(QLineEdit()), hint="2027-01-01 00:00 UTC")
    fields.add(fold, "jitter_seconds", tr("Random delay (seconds)"), QLineEdit())
    fields.add(fold, "late_after_seconds", tr("Alert if not started within (seconds)"), QLineEdit())
    fields.add(fold, "pause_after_failures", tr("Pause the schedule after consecutive failures"), QLineEdit())
    column.addStretch(1)
    return area


def advanced_page(fields: FieldSet, known: Known) -> QWidget:
    """Return the page with how it runs; what is seldom needed is folded away."""
    area, column = _page()
    fields.add(column, "priority", tr("Priority"), choices(priority_choices()))
    fields.add(column, "timeout_seconds", tr("Timeout (seconds)"), QLineEdit())
    fields.add(column, "retry_count", tr("Retries"), QLineEdit())
    fields.add(column, "on_worker_lost", tr("If the worker is lost"), choices(lost_choices()))
    fields.add(column, "working_directory", tr("Working directory"), QLineEdit())
    fields.add(column, "run_as", tr("Run as user (empty: as the worker is set up)"), QLineEdit())
    for name, title in (
        ("environment", tr("Environment (a value may be ${secret:NAME})")),
        ("labels", tr("Labels")),
        ("worker_labels", tr("Required worker labels")),
    ):
        fields.add(column, name, title, PairTable())
    fold = fields.add_fold(column, tr("Retry policy"))
    fields.add(fold, "retry_delay_seconds", tr("First retry delay (seconds)"), QLineEdit())
    fields.add(fold, "retry_backoff", tr("Backoff"), choices(backoff_choices()))
    fields.add(fold, "retry_max_delay_seconds", tr("Maximum retry delay (seconds)"), QLineEdit())
    fields.add(
        fold, "retry_timeout_seconds", tr("Total time limit for all attempts (seconds; empty: no limit)"), QLineEdit()
    )
    fields.add(fold, "retry_exit_codes", tr("Retry only after exit codes (empty: any)"), QLineEdit(), hint="1, 75")
    fields.add(
        fold, "retry_http_statuses", tr("Retry only after HTTP statuses (empty: any)"), QLineEdit(), hint="502, 503"
    )
    fields.add(fold, "retry_on_timeout", tr("Retry after a timeout"), choices(yes_no_choices()))
    fold = fields.add_fold(column, tr("Placement and concurrency"))
    fields.add(fold, "distribution", tr("Distribution"), choices(distribution_choices()))
    fields.add(fold, "shard_count", tr("Number of shards"), QLineEdit())
    fields.add(fold, "max_concurrency", tr("Maximum concurrent runs (empty: no limit)"), QLineEdit())
    group = ComboBox()
    group.addItem(tr("none"), "")
    for one in known.groups:
        group.addItem(one.name, one.name)
    fields.add(fold, "concurrency_group", tr("Concurrency group"), group)
    fields.add(fold, "queue_timeout_seconds", tr("Expire if still waiting after (seconds; empty: never)"), QLineEdit())
    fields.add(fold, "expected_duration_seconds", tr("Alert if running longer than (seconds)"), QLineEdit())
    fields.add(fold, "task_type", tr("Task type (empty: the executor's name)"), QLineEdit())
    fold = fields.add_fold(column, tr("Resource limits"))
    fields.add(fold, "max_memory_mb", tr("Memory limit (MiB; empty: no limit)"), QLineEdit())
    fields.add(fold, "max_cpu_seconds", tr("CPU time limit (seconds; empty: no limit)"), QLineEdit())
    fields.add(fold, "max_open_files", tr("Open file limit (empty: system limit)"), QLineEdit())
    fold = fields.add_fold(column, tr("Retention"))
    fields.add(fold, "keep_runs", tr("Runs to keep (empty: all)"), QLineEdit())
    fields.add(fold, "keep_days", tr("Days to keep runs (empty: forever)"), QLineEdit())
    column.addStretch(1)
    return area
