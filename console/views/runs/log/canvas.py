"""The surface of a log: draws the visible rows only."""

from datetime import UTC, datetime

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from console.theme.current import Theme, monospace
from console.views.runs.log.document import LogDocument, cells
from console.views.runs.log.line_painter import LinePainter, pieces
from console.views.runs.log.rows import Rows
from console.views.runs.log.search import LogSearch
from console.views.runs.log.selection import Place, Selection, word_at

MARGIN = 8
MARK = 2
_TIME = "00:00:00.000 "


class LogCanvas(QAbstractScrollArea):
    """Scrolls by rows; `follows` says whether it keeps to the end."""

    follows_changed = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._painter = LinePainter(monospace(), theme.palette)
        self.document = LogDocument()
        self.rows = Rows(self.document)
        self.search = LogSearch(self.document, "")
        self.hit: int | None = None
        self.hint = ""
        self.shows_times = False
        self._wraps = False
        self._follows = True
        self._selection = Selection((0, 0), (0, 0))
        self.setObjectName("log")
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.horizontalScrollBar().valueChanged.connect(lambda _value: self.viewport().update())
        theme.changed.connect(self._restyle)

    @property
    def follows(self) -> bool:
        """Whether the end is kept in sight."""
        return self._follows

    def show_document(self, document: LogDocument) -> None:
        """Show another log from its end on."""
        self.document = document
        self.rows = Rows(document)
        self.search = LogSearch(document, self.search.wanted)
        self.hit = None
        self._selection = Selection((0, 0), (0, 0))
        self._fit()
        self.follow_end(True)

    def grown(self) -> None:
        """Show new output."""
        self.rows.grown()
        self.search.grown()
        self._fit()
        if self._follows:
            self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())
        self.viewport().update()

    def follow_end(self, follows: bool) -> None:
        """Follow the end, or stay at this place."""
        if follows:
            self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())
        if follows != self._follows:
            self._follows = follows
            self.follows_changed.emit(follows)

    def wrap(self, wraps: bool) -> None:
        """Wrap long lines, or scroll sideways; the line at the top stays there."""
        line = self.rows.place(self.verticalScrollBar().value())[0] if len(self.rows) else 0
        self._wraps = wraps
        self._fit()
        if not self._follows and line < len(self.document):
            self.verticalScrollBar().setValue(self.rows.row_of(line))
        self.viewport().update()

    def show_times(self, shows: bool) -> None:
        """Show a timestamp before each line."""
        self.shows_times = shows
        self._fit()
        self.viewport().update()

    def show_hit(self, number: int) -> None:
        """Scroll to a match."""
        self.hit = number
        line, column = self.search.lines[number], self.search.columns[number]
        cell = cells(self.document.plain(line)[:column])
        row = self.rows.row_of(line, cell)
        bar = self.verticalScrollBar()
        if not bar.value() <= row < bar.value() + self._rows_seen() - 1:
            bar.setValue(max(row - self._rows_seen() // 3, 0))
        if self.rows.width is None:
            sideways = self.horizontalScrollBar()
            if not sideways.value() <= cell < sideways.value() + self._cells_seen() - len(self.search.wanted):
                sideways.setValue(max(cell - self._cells_seen() // 3, 0))
        self.viewport().update()

    def line_at_top(self) -> int:
        """Return the first visible line."""
        return self.rows.place(self.verticalScrollBar().value())[0] if len(self.rows) else 0

    def selected_text(self) -> str:
        """Return the selected text."""
        return self._selection.text(self.document)

    def select_all(self) -> None:
        """Select all lines."""
        last = len(self.document) - 1
        if last >= 0:
            self._selection = Selection((0, 0), (last, len(self.document.plain(last))))
            self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget.paintEvent: draw the visible rows."""
        palette = self._theme.palette
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), QColor(palette.panel))
        if not len(self.document):
            painter.setPen(QColor(palette.muted))
            box = self.viewport().rect().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, self.hint)
            return
        first = self.verticalScrollBar().value()
        for place in range(min(self._rows_seen() + 1, len(self.rows) - first)):
            self._paint_row(painter, first + place, place * self._painter.height)
        painter.end()

    def _paint_row(self, painter: QPainter, row: int, top: float) -> None:
        palette = self._theme.palette
        line, cell = self.rows.place(row)
        height = self._painter.height
        left = MARGIN + self._gutter()
        default = palette.text
        if self.document.is_stderr(line):
            default = palette.bad
            painter.fillRect(QRectF(0, top, MARK, height), QColor(palette.bad))
        elif self.document.is_note(line):
            default = palette.muted
        at = self.document.at(line)
        if self.shows_times and cell == 0 and at is not None:
            painter.setFont(self._painter.font)
            painter.setPen(QColor(palette.muted))
            shown = datetime.fromtimestamp(at, UTC).astimezone().strftime("%H:%M:%S.%f")[:-3]
            painter.drawText(QRectF(MARGIN, top, left, height), Qt.AlignmentFlag.AlignVCenter, shown)
        sideways = self.horizontalScrollBar().value() if self.rows.width is None else 0
        begin = cell + sideways
        count = self.rows.width or self._cells_seen() + 1
        painter.setClipRect(QRectF(left, top, self.viewport().width() - left, height))
        text = self.document.plain(line)
        self._paint_marks(painter, line, text, QRectF(left, top, 0, height), begin)
        self._painter.paint(painter, left, top, list(pieces(self.document.spans(line), begin, count)), default=default)
        painter.setClipping(False)

    def _paint_marks(self, painter: QPainter, line: int, text: str, row: QRectF, begin: int) -> None:
        palette = self._theme.palette
        marked = self._selection.within(line, len(text))
        if marked is not None:
            painter.fillRect(
                self._selection_rectangle(text, *marked, row, begin),
                QColor(palette.raised if not palette.is_dark else palette.line),
            )
        if not self.search.wanted:
            return
        hit_line, hit_column = -1, -1
        if self.hit is not None and self.hit < len(self.search):
            hit_line, hit_column = self.search.lines[self.hit], self.search.columns[self.hit]
        for column in self.search.places_in(text):
            colour = QColor(palette.warning)
            is_hit = (line, column) == (hit_line, hit_column)
            colour.setAlphaF(0.55 if is_hit else 0.25)
            box = self._selection_rectangle(text, column, column + len(self.search.wanted), row, begin)
            painter.fillRect(box, colour)
            if is_hit:
                painter.setPen(QColor(palette.warning))
                painter.drawRect(box.adjusted(0, 0, -1, -1))

    def _selection_rectangle(self, text: str, first: int, last: int, row: QRectF, begin: int) -> QRectF:
        start = cells(text[:first]) - begin
        size = cells(text[first:last]) + max(last - max(len(text), first), 0)
        return QRectF(row.left() + start * self._painter.cell, row.top(), size * self._painter.cell, row.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget.resizeEvent: wrap to the new width."""
        super().resizeEvent(event)
        self._fit()
        if self._follows:
            self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QWidget.keyPressEvent: copy, select all, and go to the ends."""
        bar = self.verticalScrollBar()
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.select_all()
        elif event.key() == Qt.Key.Key_Home:
            bar.setValue(0)
        elif event.key() == Qt.Key.Key_End:
            self.follow_end(True)
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """Copy the selected text."""
        text = self.selected_text()
        if text:
            QGuiApplication.clipboard().setText(text)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Override QWidget.mousePressEvent: start to select."""
        if event.button() is Qt.MouseButton.LeftButton and len(self.document):
            place = self._place_at(event.position().toPoint())
            extends = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._selection = Selection(self._selection.anchor if extends else place, place)
            self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Override QWidget.mouseMoveEvent: select up to the pointer, and scroll when it leaves the surface."""
        if not event.buttons() & Qt.MouseButton.LeftButton or not len(self.document):
            return
        at = event.position().toPoint()
        bar = self.verticalScrollBar()
        if at.y() < 0:
            bar.setValue(bar.value() - 1)
        elif at.y() > self.viewport().height():
            bar.setValue(bar.value() + 1)
        self._selection = Selection(self._selection.anchor, self._place_at(at))
        self.viewport().update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Override QWidget.mouseDoubleClickEvent: select the word under the pointer."""
        if len(self.document):
            line, at = self._place_at(event.position().toPoint())
            begin, end = word_at(self.document.plain(line), at)
            self._selection = Selection((line, begin), (line, end))
            self.viewport().update()

    def _place_at(self, at: QPoint) -> Place:
        row = self.verticalScrollBar().value() + int(at.y() // self._painter.height)
        row = max(0, min(row, len(self.rows) - 1))
        line, cell = self.rows.place(row)
        wanted = cell + round((at.x() - MARGIN - self._gutter()) / self._painter.cell)
        if self.rows.width is None:
            wanted += self.horizontalScrollBar().value()
        text = self.document.plain(line)
        if text.isascii():
            return line, max(0, min(wanted, len(text)))
        passed = 0
        for place, character in enumerate(text):
            if passed >= wanted:
                return line, place
            passed += cells(character)
        return line, len(text)

    def _scrolled(self, value: int) -> None:
        self.viewport().update()
        is_at_end = value >= self.verticalScrollBar().maximum()
        if is_at_end != self._follows:
            self._follows = is_at_end
            self.follows_changed.emit(is_at_end)

    def _gutter(self) -> float:
        return len(_TIME) * self._painter.cell if self.shows_times else 0.0

    def _rows_seen(self) -> int:
        return max(int(self.viewport().height() // self._painter.height), 1)

    def _cells_seen(self) -> int:
        return max(int((self.viewport().width() - 2 * MARGIN - self._gutter()) // self._painter.cell), 10)

    def _fit(self) -> None:
        """Set the scroll bars to what there is, without taking a fit for a person's scrolling."""
        self.rows.wrap_at(self._cells_seen() if self._wraps else None)
        follows = self._follows
        bar, sideways = self.verticalScrollBar(), self.horizontalScrollBar()
        bar.blockSignals(True)
        bar.setPageStep(self._rows_seen())
        bar.setRange(0, max(len(self.rows) - self._rows_seen(), 0))
        bar.blockSignals(False)
        sideways.setPageStep(self._cells_seen())
        widest = 0 if self._wraps else self.document.widest
        sideways.setRange(0, max(widest - self._cells_seen(), 0))
        self._follows = follows

    def _restyle(self) -> None:
        self._painter = LinePainter(monospace(), self._theme.palette)
        self.viewport().update()

    def row_box(self, row: int) -> QRect:
        """Return where a row is on the surface."""
        top = (row - self.verticalScrollBar().value()) * self._painter.height
        return QRectF(0, top, self.viewport().width(), self._painter.height).toRect()
