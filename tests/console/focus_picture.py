"""How well the keyboard focus can be seen: by pictures of the same place with and without it."""

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

LEAST_CONTRAST = 3.0
"""WCAG 2.2, 2.4.13: between the same pixels in the focused and the unfocused state."""
_AROUND = 4
"""Pixels around a widget in which its focus may be drawn."""


def tab_stops(window: QWidget) -> Iterator[QWidget]:
    """Yield the widgets that Tab reaches, in its order."""
    one = window.nextInFocusChain()
    while one is not None and one is not window:
        if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.isVisibleTo(window) and one.isEnabled():
            yield one
        one = one.nextInFocusChain()


def luminance(colour: QColor) -> float:
    """Return the relative luminance (WCAG 2.2)."""

    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())


def contrast(one: QColor, other: QColor) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def picture_of(window: QWidget, widget: QWidget) -> QImage:
    """Return what is drawn at a widget and around it."""
    place = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
    around = place.adjusted(-_AROUND, -_AROUND, _AROUND, _AROUND).intersected(window.rect())
    return window.grab(around).toImage()


def visible_change(before: QImage, after: QImage) -> int:
    """Return how many pixels changed with enough contrast."""
    known: dict[tuple[int, int], bool] = {}
    count = 0
    for y in range(min(before.height(), after.height())):
        for x in range(min(before.width(), after.width())):
            pair = (before.pixel(x, y), after.pixel(x, y))
            if pair[0] != pair[1]:
                if pair not in known:
                    known[pair] = contrast(QColor(pair[0]), QColor(pair[1])) >= LEAST_CONTRAST
                count += known[pair]
    return count


def least_pixels(widget: QWidget) -> int:
    """Return how many pixels must change: a line as long as the shorter side; in a list, as long as a row is high."""
    if isinstance(widget, QAbstractScrollArea):
        return 16
    return min(widget.width(), widget.height())
