"""The screen of `taskdeck top`: figures and the state of the connection become what a terminal of some size shows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from backend.cli.output import span, took
from backend.cli.top_figures import Figures
from shared.models.run import Run
from shared.models.worker import Worker
from shared.printable_text import escaped

_HEAD_LINES = 5
_FOOT_LINES = 1
_TITLE_LINES = 2
"""Of each list: its title and the names of its columns."""
_STYLES = {
    "online": "green",
    "draining": "yellow",
    "lost": "red",
    "stopped": "dim",
    "running": "blue",
    "dispatched": "blue",
    "failed": "red",
    "timed_out": "yellow",
}
_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """Why the backend does not answer, and since when."""

    since: datetime
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """What is known: of `url`, the newest figures, and how the connection was lost, if it was."""

    url: str
    figures: Figures
    lost: Lost | None = None

    def render(self, *, now: datetime, height: int) -> RenderableType:
        """Return exactly `height` lines or fewer; what does not fit is counted."""
        figures = self.figures
        lists = _shared_rows(
            height - _HEAD_LINES - _FOOT_LINES - 3 * _TITLE_LINES,
            (len(figures.workers), len(figures.running), len(figures.failures)),
        )
        body = Group(
            _summary(figures),
            _workers(figures.workers, room=lists[0]),
            _running(figures.running, now=now, room=lists[1], total=figures.stats.runs_in_flight),
            _failures(figures.failures, now=now, room=lists[2], total=figures.stats.failed_last_hour),
        )
        return Group(self._state(now), body, Text("q quit", style="dim"))

    def _state(self, now: datetime) -> Text:
        """Return the first line: where this is, and whether it is current."""
        if self.lost is None:
            return _line(("Taskdeck  ", "bold"), (f"{self.url}  {self.figures.at.astimezone():%H:%M:%S}", ""))
        silent = span((now - self.lost.since).total_seconds())
        shown_at = f"{self.figures.at.astimezone():%H:%M:%S}"
        return _line(
            (f"No connection for {silent}; figures of {shown_at}. Trying again. ", "bold red"), (self.lost.cause, "red")
        )


def _shared_rows(room: int, wanted: Sequence[int]) -> list[int]:
    """Divide lines among lists: each gets what it needs, up to an equal part, and what others leave goes on."""
    room = max(room, 0)
    shares = [0] * len(wanted)
    for left, place in enumerate(sorted(range(len(wanted)), key=lambda place: wanted[place])):
        shares[place] = min(max(wanted[place], 1), room // (len(wanted) - left))
        room -= shares[place]
    return shares


def _summary(figures: Figures) -> Group:
    stats, queue = figures.stats, figures.queue
    oldest = span(queue.oldest_waiting_seconds) if queue.oldest_waiting_seconds is not None else "none"
    latency = (
        f"{stats.start_latency_p50_ms:.0f}/{stats.start_latency_p99_ms:.0f} ms"
        if stats.start_latency_p50_ms is not None and stats.start_latency_p99_ms is not None
        else "none"
    )
    priorities = ", ".join(f"{name} {count}" for name, count in queue.by_priority.items() if count)
    no_worker = sum(one.runs for one in queue.unschedulable)
    dispatcher = figures.dispatcher
    return Group(
        _facts(
            ("Queue", f"{queue.waiting} waiting{f' ({priorities})' if priorities else ''}", ""),
            ("no worker", str(no_worker), "bold red" if no_worker else ""),
            ("blocked", str(queue.blocked), ""),
            ("oldest", oldest, ""),
        ),
        _facts(
            ("Runs", f"{queue.in_flight} in flight", ""),
            ("finished", f"{stats.runs_per_second:.1f}/s", ""),
            ("last hour", f"{stats.succeeded_last_hour} succeeded", ""),
            ("", f"{stats.failed_last_hour} failed", "red" if stats.failed_last_hour else ""),
            ("start p50/p99", latency, ""),
        ),
        _facts(
            ("Workers", f"{stats.workers_online} online", "" if stats.workers_online else "bold red"),
            ("draining", str(stats.workers_draining), "yellow" if stats.workers_draining else ""),
            ("lost", str(stats.workers_lost), "bold red" if stats.workers_lost else ""),
            ("slots", f"{stats.slots_in_use}/{stats.slots_total}", ""),
        ),
        _facts(
            ("Dispatcher", dispatcher.hostname or dispatcher.replica_id or "none", "" if dispatcher.active else "red"),
            ("tasks", f"{stats.tasks_active} of {stats.tasks_total} active", ""),
            ("faults", str(stats.faults), "bold red" if stats.faults else ""),
        ),
    )


def _facts(*facts: tuple[str, str, str]) -> Text:
    line = _line()
    for number, (name, value, style) in enumerate(facts):
        if number == 0:
            line.append(f"{name:<11}", style="bold")
        else:
            line.append(f"  {name} " if name else "  ", style="dim")
        line.append(escaped(value), style=style)
    return line


def _line(*parts: tuple[str, str]) -> Text:
    line = Text(no_wrap=True, overflow="ellipsis", end="\n")
    for text, style in parts:
        line.append(escaped(text), style=style)
    return line


def _workers(workers: Sequence[Worker], *, room: int) -> RenderableType:
    rows = [
        (
            one.id,
            one.status,
            f"{one.current_task_count}/{one.slots}",
            f"{one.cpu_percent:.0f}%" if one.cpu_percent is not None else "",
            f"{one.memory_bytes / _MEBIBYTE:,.0f} MiB" if one.memory_bytes is not None else "",
            f"{span(one.heartbeat_age_seconds)} ago" if one.heartbeat_age_seconds is not None else "",
            one.hostname,
        )
        for one in sorted(workers, key=lambda one: (one.status == "online", one.id))
    ]
    titles = ("WORKER", "STATUS", "SLOTS", "CPU", "MEMORY", "HEARTBEAT", "HOST")
    return _list("Workers", titles, rows, room=room, total=len(workers), wide=(0, 6))


def _running(runs: Sequence[Run], *, now: datetime, room: int, total: int) -> RenderableType:
    rows = [
        (
            str(one.id),
            one.task_name,
            one.status,
            one.worker_id or "",
            span((now - one.started_at).total_seconds()) if one.started_at is not None else "",
            f"{one.progress_percent:.0f}%" if one.progress_percent is not None else "",
        )
        for one in runs
    ]
    titles = ("RUN", "TASK", "STATUS", "WORKER", "FOR", "PROGRESS")
    return _list("Running", titles, rows, room=room, total=max(total, len(runs)), wide=(1, 3))


def _failures(runs: Sequence[Run], *, now: datetime, room: int, total: int) -> RenderableType:
    rows = [
        (
            str(one.id),
            one.task_name,
            one.status,
            f"{span((now - one.completed_at).total_seconds())} ago" if one.completed_at is not None else "",
            took(one.execution_time_ms),
            one.error or "",
        )
        for one in runs
    ]
    titles = ("RUN", "TASK", "STATUS", "ENDED", "TOOK", "ERROR")
    return _list("Failures", titles, rows, room=room, total=max(total, len(runs)), wide=(1, 5))


def _list(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, room: int, total: int, wide: Iterable[int]
) -> RenderableType:
    """Return a titled table of the first rows; `wide` columns share the width that the others leave."""
    shown = rows[:room]
    more = f" ({len(shown)} of {total})" if total > len(shown) else f" ({total})"
    head = _line((title, "bold reverse"), (more, "dim"))
    if not rows:
        return Group(head, _line(("none", "dim")), *([Text("")] if room > 0 else []))
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, expand=True, header_style="dim")
    for place, name in enumerate(columns):
        ratio = 1 if place in wide else None
        table.add_column(name, no_wrap=True, overflow="ellipsis", ratio=ratio)
    for row in shown:
        table.add_row(*(Text(escaped(cell), style=_STYLES.get(cell, "")) for cell in row))
    return Group(head, table)
