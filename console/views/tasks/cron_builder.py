"""A builder for simple schedules beside the text of the schedule; each follows the other."""

from PySide6.QtCore import QLocale, QTime, Signal
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSpinBox, QToolButton, QWidget

from console.translation import language
from console.views.tasks.cron_parts import LAST_DAY, CronKind, CronParts, read_parts, write_parts
from console.widgets.boxes import ComboBox, SpinBox, TimeEdit
from console.widgets.plain_tip import plain_tip
from console.widgets.surfaces import label
from console.words import tr

_KIND_STRETCH = 100
"""Its width is given up before any other."""
_MONDAY_FIRST = (1, 2, 3, 4, 5, 6, 0)


def kind_choices() -> list[tuple[CronKind, str]]:
    """Return how often a task may run, in words."""
    return [
        (CronKind.NONE, tr("no schedule")),
        (CronKind.MINUTES, tr("every few minutes")),
        (CronKind.HOURLY, tr("every hour")),
        (CronKind.DAILY, tr("every day")),
        (CronKind.WEEKLY, tr("on days of the week")),
        (CronKind.MONTHLY, tr("every month")),
        (CronKind.OTHER, tr("custom")),
    ]


class _DaySpin(SpinBox):
    """A day of the month; behind the 31st comes the last one, whichever it is."""

    def textFromValue(self, value: int) -> str:
        """Override QSpinBox.textFromValue: return the day as it is shown."""
        return tr("last day") if value == LAST_DAY else str(value)

    def valueFromText(self, text: str) -> int:
        """Override QSpinBox.valueFromText: return the day of what is typed."""
        return LAST_DAY if text == tr("last day") else super().valueFromText(text)

    def validate(self, text: str, place: int) -> tuple[QValidator.State, str, int]:
        """Override QSpinBox.validate: take the word for the last day as well."""
        return (QValidator.State.Acceptable, text, place) if text == tr("last day") else super().validate(text, place)


class CronBuilder(QWidget):
    """`built` carries the schedule that was chosen."""

    built = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_showing = False
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        self.kind = ComboBox()
        self.kind.setAccessibleName(tr("Frequency"))
        for kind, words in kind_choices():
            self.kind.addItem(words, kind)
        self.kind.setMaximumWidth(self.kind.sizeHint().width())
        self.kind.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        layout.addWidget(self.kind, _KIND_STRETCH)
        self._every = label(tr("every"), "secondary")
        self.step = self._spin(1, 59, tr(" min"), tr("Interval in minutes"))
        self._at_minute = label(tr("at minute"), "secondary")
        self.minute = self._spin(0, 59, "", tr("Minute"))
        self._on_day = label(tr("on day"), "secondary")
        self.day = _DaySpin()
        self.day.setRange(1, LAST_DAY)
        self.day.setAccessibleName(tr("Day of the month"))
        self._at = label(tr("at"), "secondary")
        self.time = TimeEdit()
        self.time.setDisplayFormat("HH:mm")
        self.time.setFixedWidth(88)
        self.time.setAccessibleName(tr("Time of day"))
        self.days = self._day_buttons()
        self._days = QWidget()
        week = QHBoxLayout(self._days)
        week.setContentsMargins(0, 0, 0, 0)
        week.setSpacing(2)
        for button in self.days.values():
            week.addWidget(button)
        parts: tuple[QWidget, ...] = (
            self._every,
            self.step,
            self._at_minute,
            self.minute,
            self._days,
            self._on_day,
            self.day,
            self._at,
            self.time,
        )
        for widget in parts:
            layout.addWidget(widget)
        layout.addStretch(1)
        self.kind.currentIndexChanged.connect(self._changed)
        for spin in (self.step, self.minute, self.day):
            spin.valueChanged.connect(self._changed)
        self.time.timeChanged.connect(self._changed)
        for button in self.days.values():
            button.toggled.connect(self._changed)
        for kind in CronKind:
            self._show(CronParts(kind=kind))
        self.show_text("")

    @staticmethod
    def _spin(least: int, most: int, suffix: str, name: str) -> QSpinBox:
        spin = SpinBox()
        spin.setRange(least, most)
        spin.setSuffix(suffix)
        spin.setAccessibleName(name)
        return spin

    def _day_buttons(self) -> dict[int, QToolButton]:
        locale = QLocale("zh_CN" if language() == "zh" else "en_US")
        made = {}
        for day in _MONDAY_FIRST:
            button = QToolButton()
            button.setObjectName("day")
            button.setCheckable(True)
            button.setText(locale.dayName(day or 7, QLocale.FormatType.ShortFormat).removeprefix("周")[:2])
            button.setAccessibleName(locale.dayName(day or 7, QLocale.FormatType.LongFormat))
            button.setToolTip(plain_tip(button.accessibleName()))
            made[day] = button
        return made

    def show_text(self, text: str) -> None:
        """Show what is written, if it has a form that can be chosen; a person's own choice stays."""
        parts = read_parts(text)
        if parts == self.parts() or (text and write_parts(self.parts()) == text.strip()):
            return
        self._is_showing = True
        self.kind.setCurrentIndex(self.kind.findData(parts.kind))
        if parts.kind not in (CronKind.NONE, CronKind.OTHER):
            self._show(parts)
        self._is_showing = False
        self._show_fitting()

    def parts(self) -> CronParts:
        """Return what is chosen."""
        kind = CronKind(self.kind.currentData())
        at = self.time.time()
        return CronParts(
            kind=kind,
            step=self.step.value(),
            minute=self.minute.value() if kind is CronKind.HOURLY else at.minute(),
            hour=at.hour(),
            days=tuple(sorted(day for day, button in self.days.items() if button.isChecked())),
            day=self.day.value(),
        )

    def _show(self, parts: CronParts) -> None:
        if parts.kind is CronKind.MINUTES:
            self.step.setValue(parts.step)
        elif parts.kind is CronKind.HOURLY:
            self.minute.setValue(parts.minute)
        else:
            self.time.setTime(QTime(parts.hour, parts.minute))
        if parts.kind is CronKind.WEEKLY:
            for day, button in self.days.items():
                button.setChecked(day in parts.days)
        if parts.kind is CronKind.MONTHLY:
            self.day.setValue(parts.day)

    def _changed(self, *_: object) -> None:
        if self._is_showing:
            return
        if CronKind(self.kind.currentData()) is CronKind.WEEKLY and not self.parts().days:
            self._is_showing = True
            for day in (1, 2, 3, 4, 5):
                self.days[day].setChecked(True)
            self._is_showing = False
        self._show_fitting()
        parts = self.parts()
        if parts.kind is not CronKind.OTHER:
            self.built.emit(write_parts(parts))

    def _show_fitting(self) -> None:
        kind = CronKind(self.kind.currentData())
        has_time = kind in (CronKind.DAILY, CronKind.WEEKLY, CronKind.MONTHLY)
        shown: tuple[tuple[bool, tuple[QLabel | QWidget, ...]], ...] = (
            (kind is CronKind.MINUTES, (self._every, self.step)),
            (kind is CronKind.HOURLY, (self._at_minute, self.minute)),
            (kind is CronKind.WEEKLY, (self._days,)),
            (kind is CronKind.MONTHLY, (self._on_day, self.day)),
            (has_time, (self._at, self.time)),
        )
        for is_shown, widgets in shown:
            for widget in widgets:
                widget.setVisible(is_shown)
