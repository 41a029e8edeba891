"""The texts of the agenda's cells and pages."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDate, QLocale, QTimeZone

from console.status_words import status_words
from console.views.agenda.pages import Cell, Page, Scale
from console.words import number, tr
from shared.enums import RunStatus


def own_zone() -> ZoneInfo:
    """Return the zone of this machine; UTC where it has no name."""
    try:
        return ZoneInfo(bytes(QTimeZone.systemTimeZoneId().data()).decode())
    except (ValueError, OSError, KeyError):
        return ZoneInfo("UTC")


def zone_words(zone: ZoneInfo, at: datetime) -> str:
    """Return the zone with its offset at an instant."""
    offset = f"{at.astimezone(zone):%z}"
    return tr("Times in %1", tr("%1 (%2)", zone.key, f"UTC{offset[:3]}:{offset[3:5]}"))


def first_weekday() -> int:
    """Return the first day of the week, 0 for Monday."""
    return QLocale().firstDayOfWeek().value - 1


def day_words(day: date, form: str) -> str:
    """Return a day by a format of Qt's."""
    return QLocale().toString(QDate(day.year, day.month, day.day), form)


def page_words(page: Page) -> str:
    """Return the title of a page."""
    if page.scale is Scale.DAY:
        return QLocale().toString(
            QDate(page.first.year, page.first.month, page.first.day), QLocale.FormatType.LongFormat
        )
    if page.scale is Scale.MONTH:
        middle = page.day_of((0, 2))
        return day_words(middle, tr("MMMM yyyy"))
    last = page.day_of((6, 0))
    return f"{day_words(page.first, tr('d MMM'))} – {day_words(last, tr('d MMM yyyy'))}"


def cell_title(page: Page, cell: Cell, zone: ZoneInfo) -> str:
    """Return the title of a cell."""
    begin, end = cell.since.astimezone(zone), cell.until.astimezone(zone)
    day = day_words(begin.date(), tr("ddd d MMM"))
    return day if page.scale is Scale.MONTH else tr("%1, %2–%3", day, f"{begin:%H:%M}", f"{end:%H:%M}")


def cell_words(cell: Cell, *, slots: int, zone: ZoneInfo) -> list[str]:
    """Return the contents of a cell, the most important first."""
    parts = []
    if cell.missing:
        parts.append(tr("%1 missed", number(cell.missing)))
    if is_collision(cell, slots=slots) and cell.peak_at is not None:
        peak_at = f"{cell.peak_at.astimezone(zone):%H:%M}"
        parts.append(tr("%1 due at %2, %3 slots", number(cell.peak), peak_at, number(slots)))
    order = [RunStatus.FAILED, RunStatus.TIMED_OUT, RunStatus.SUCCEEDED, RunStatus.CANCELLED, RunStatus.SKIPPED]
    for status in order:
        if cell.counts.get(status):
            about = "≈ " if cell.is_rounded else ""
            parts.append(tr("%1 %2", about + number(cell.counts[status]), status_words(status).lower()))
    if cell.planned:
        parts.append(tr("%1 due", number(cell.planned)))
    return parts


def is_collision(cell: Cell, *, slots: int) -> bool:
    """Whether more is due in one second than can run at once; without a worker that is not known."""
    return 0 < slots < cell.peak
