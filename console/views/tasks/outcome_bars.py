"""The last outcomes of a task as small bars: height is duration, colour and shape are status."""

import math
from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from console.status_words import status_words
from console.theme.glyphs import GLYPH_OF, colour_of
from console.theme.palette import Palette
from console.words import Times, duration, enumeration, tr
from shared.enums import RunStatus
from shared.models.task_overview import Outcome

_BAR = 4.0
_GAP = 2.0
_MOST = 20
_MARGIN = 5.0
_FOOT = 4.0
_LOWEST = 2.0
WIDTH = int(_MOST * (_BAR + _GAP))


def heights(outcomes: Sequence[Outcome], *, room: float) -> list[float]:
    """Return the height of each bar, from the logarithm of its duration; the longest is the highest."""
    logs = [math.log1p(one.execution_time_ms or 0) for one in outcomes]
    longest = max(logs, default=0.0)
    return [_LOWEST + (room - _LOWEST) * (value / longest if longest else 0.0) for value in logs]


def draw_bars(painter: QPainter, box: QRect, outcomes: Sequence[Outcome], palette: Palette) -> None:
    """Draw the outcomes, which come the newest first, with the newest at the right.

    A success is a bar; a failure stands on a square, a timeout on a triangle; a cancelled run is an outline, a
    skipped one a dot.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    shown = outcomes[:_MOST]
    ground = box.bottom() - _MARGIN
    room = box.height() - 2 * _MARGIN - _FOOT - 1
    left = box.left() + WIDTH - _BAR
    for one, height in zip(shown, heights(shown, room=room), strict=True):
        _draw_one(painter, QPointF(left, ground), one.status, height, palette)
        left -= _BAR + _GAP
    painter.setPen(QPen(QColor(palette.line), 1))
    for _ in range(_MOST - len(shown)):
        painter.drawLine(QPointF(left, ground), QPointF(left + _BAR - 1, ground))
        left -= _BAR + _GAP


def _draw_one(painter: QPainter, foot: QPointF, status: RunStatus, height: float, palette: Palette) -> None:
    colour = QColor(colour_of(GLYPH_OF[status], palette))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    bar = QRectF(foot.x(), foot.y() - _FOOT - 1 - height, _BAR, height)
    mark = QRectF(foot.x(), foot.y() - _FOOT, _BAR, _FOOT)
    if status is RunStatus.FAILED:
        painter.drawRect(bar)
        painter.drawRect(mark)
    elif status is RunStatus.TIMED_OUT:
        painter.drawRect(bar)
        top = QPointF(mark.center().x(), mark.top())
        painter.drawPolygon(QPolygonF([top, mark.bottomRight(), mark.bottomLeft()]))
    elif status is RunStatus.SKIPPED:
        painter.drawEllipse(QRectF(foot.x() + 0.5, foot.y() - 3, 3, 3))
    elif status is RunStatus.CANCELLED:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 1))
        painter.drawRect(QRectF(foot.x() + 0.5, foot.y() - height - 0.5, _BAR - 1, height))
    else:
        painter.drawRect(QRectF(foot.x(), foot.y() - height, _BAR, height))


def outcome_words(outcomes: Sequence[Outcome]) -> str:
    """Return how many of the outcomes have each status."""
    counted = Counter(one.status for one in outcomes)
    return enumeration(f"{status_words(status)} {count}" for status, count in counted.most_common())


def outcome_lines(outcomes: Sequence[Outcome], times: Times) -> str:
    """Return the counts, and a line for each outcome, newest first."""
    if not outcomes:
        return tr("Never run.")
    each = (
        " · ".join(
            part
            for part in (status_words(one.status), duration(one.execution_time_ms), times.show(one.completed_at))
            if part
        )
        for one in outcomes
    )
    return "\n".join([outcome_words(outcomes), *each])
