"""The page of calendars: days off."""

from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QLocale

from console.views.policies.form_field import FormField
from console.views.policies.resource import ResourceColumn, ResourceSpec, Row
from console.words import enumeration, listed, tr
from shared.models.schedule import Weekday


def _weekdays(row: Row) -> str:
    names_of_days = (
        QLocale().dayName(list(Weekday).index(day) + 1, QLocale.FormatType.ShortFormat) for day in row["weekdays"]
    )
    return enumeration(names_of_days) or "–"


def _weekdays_text(value: Any) -> str:
    return enumeration(QLocale().dayName(list(Weekday).index(day) + 1) for day in value or ())


def _read_weekdays(text: str) -> list[str]:
    """Return the API's names of weekdays given in English or the person's language, long or short."""
    return [_weekday(word) for word in listed(text)]


def _weekday(word: str) -> str:
    forms = (QLocale.FormatType.LongFormat, QLocale.FormatType.ShortFormat)
    for place, day in enumerate(Weekday, 1):
        names = {locale.dayName(place, form) for locale in (QLocale(), QLocale.c()) for form in forms}
        if word.casefold() in {day.value, *(name.casefold() for name in names)}:
            return day.value
    return word


def _lines(value: Any) -> str:
    return "\n".join(str(one) for one in value or ())


CALENDARS = ResourceSpec(
    name="calendars",
    title=lambda: tr("Calendars"),
    make=lambda: tr("New calendar"),
    path="/api/calendars",
    key="name",
    columns=(
        ResourceColumn(lambda: tr("Name"), lambda row: row["name"]),
        ResourceColumn(lambda: tr("Weekdays off"), lambda row: _weekdays(row), "Mon, Tue, Wed, Thu"),
        ResourceColumn(lambda: tr("Dates"), lambda row: str(len(row["dates"])), is_number=True),
        ResourceColumn(
            lambda: tr("Next"),
            lambda row: min((day for day in row["dates"] if day >= datetime.now(UTC).date().isoformat()), default="–"),
            "2026-12-25",
        ),
        ResourceColumn(lambda: tr("Tasks"), lambda row: str(row["task_count"]), is_number=True),
        ResourceColumn(
            lambda: tr("Description"), lambda row: row["description"] or "", "What reads the whole ledger at night"
        ),
    ),
    fields=(
        FormField(name="name", title=lambda: tr("Name"), hint="public-holidays"),
        FormField(
            name="weekdays",
            title=lambda: tr("Weekdays off"),
            read=_read_weekdays,
            show=_weekdays_text,
            hint=lambda: _weekdays_text(("saturday", "sunday")),
        ),
        FormField(
            name="dates",
            title=lambda: tr("Dates, one per line"),
            read=listed,
            show=_lines,
            hint="2026-12-25",
            has_lines=True,
        ),
        FormField(name="description", title=lambda: tr("Description")),
    ),
    empty=lambda: tr(
        "A calendar lists days off, such as public holidays. Tasks skip them or move to the next working day."
    ),
)
