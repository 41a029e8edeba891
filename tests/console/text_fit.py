"""Finds texts that are cut or overlap, and controls without a name, in what a window shows."""

from collections.abc import Iterator
from itertools import combinations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QWidget,
)

from console.widgets.elided_label import ElidedLabel

_ROUNDING = 1
"""Pixels: widths of texts are fractions."""
_NAMED_ROLES = frozenset(
    (
        QAccessible.Role.PushButton,
        QAccessible.Role.ButtonMenu,
        QAccessible.Role.CheckBox,
        QAccessible.Role.RadioButton,
        QAccessible.Role.ComboBox,
        QAccessible.Role.EditableText,
        QAccessible.Role.SpinBox,
        QAccessible.Role.Slider,
        QAccessible.Role.Table,
        QAccessible.Role.Tree,
        QAccessible.Role.List,
        QAccessible.Role.PageTabList,
    )
)


def cut_texts(window: QWidget) -> list[str]:
    """Return a line for each text in a window that has less room than it takes, or is partly out of view.

    What has an ellipsis by design is not cut: its whole text is in a tooltip.
    """
    found = []
    for widget in _shown(window):
        for words, needed, room in _texts(widget):
            if needed[0] > room[0] + _ROUNDING or needed[1] > room[1] + _ROUNDING:
                found.append(f"{_name(widget)} {words!r} needs {needed}, has {room}")
        if _has_text(widget) and not _is_in_view(widget, window):
            found.append(f"{_name(widget)} {_text_of(widget)!r} is partly out of view")
    return found


def overlapping_texts(window: QWidget) -> list[str]:
    """Return a line for each two texts in a window that stand on each other."""
    boxes = [(widget, _box_in(widget, window)) for widget in _shown(window) if _has_text(widget)]
    return [
        f"{_name(one)} {_text_of(one)!r} and {_name(other)} {_text_of(other)!r}"
        for (one, mine), (other, theirs) in combinations(boxes, 2)
        if mine.intersects(theirs) and not one.isAncestorOf(other) and not other.isAncestorOf(one)
    ]


def nameless_controls(window: QWidget) -> list[str]:
    """Return a line for each control of a window's accessibility tree that a screen reader has no name for."""
    root = QAccessible.queryAccessibleInterface(window)
    found = []
    for interface in _tree(root):
        widget = interface.object()
        if not isinstance(widget, QWidget) or not widget.isVisibleTo(window):
            continue
        takes_keys = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.focusProxy() is None
        is_control = (interface.role() in _NAMED_ROLES or takes_keys) and not _is_part_of_control(widget)
        if is_control and not interface.text(QAccessible.Text.Name).strip():
            found.append(f"{_name(widget)} ({interface.role().name})")
    return found


def _tree(interface: QAccessibleInterface | None) -> Iterator[QAccessibleInterface]:
    if interface is None or not interface.isValid():
        return
    yield interface
    if interface.role() in (QAccessible.Role.Table, QAccessible.Role.Tree, QAccessible.Role.List):
        return  # its cells are named by their texts
    for place in range(interface.childCount()):
        yield from _tree(interface.child(place))


def _is_part_of_control(widget: QWidget) -> bool:
    """Whether a widget belongs to a control of Qt's that has the name: the line of a spin box, the head of a table."""
    parent = widget.parentWidget()
    inside = widget.objectName().startswith("qt_") or isinstance(widget, QHeaderView | QTabBar)
    return inside or (parent is not None and isinstance(parent, QComboBox))


def _shown(window: QWidget) -> list[QWidget]:
    return [one for one in window.findChildren(QWidget) if one.isVisible() and one.width() and one.height()]


def _name(widget: QWidget) -> str:
    return f"{type(widget).__name__}#{widget.objectName()}" if widget.objectName() else type(widget).__name__


def _has_text(widget: QWidget) -> bool:
    return isinstance(widget, QLabel | QAbstractButton | QComboBox) and bool(_text_of(widget))


def _text_of(widget: QWidget) -> str:
    if isinstance(widget, QComboBox):
        return widget.currentText()
    return widget.text() if isinstance(widget, QLabel | QAbstractButton) else ""


def _texts(widget: QWidget) -> Iterator[tuple[str, tuple[int, int], tuple[int, int]]]:
    """Yield each text of a widget with the width and height that it needs, and those that it has."""
    metrics = widget.fontMetrics()
    if isinstance(widget, QLabel) and widget.text() and widget.pixmap().isNull():
        room = widget.contentsRect().size()
        if widget.wordWrap():
            yield widget.text(), (0, widget.heightForWidth(widget.width())), (room.width(), widget.height())
        else:
            width = 0 if isinstance(widget, ElidedLabel) else metrics.size(0, widget.text()).width()
            yield widget.text(), (width, metrics.height()), (room.width(), room.height())
    elif isinstance(widget, QAbstractButton) and widget.text() and not _elides(widget):
        needed = widget.minimumSizeHint()
        yield widget.text(), (needed.width(), metrics.height()), (widget.width(), widget.height())
    elif isinstance(widget, QComboBox) and widget.currentText():
        option = QStyleOptionComboBox()
        option.initFrom(widget)
        box = widget.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, widget
        )
        yield widget.currentText(), (metrics.horizontalAdvance(widget.currentText()), 0), (box.width(), box.height())
    elif isinstance(widget, QAbstractSpinBox):
        yield widget.text(), (metrics.horizontalAdvance(widget.text()), 0), (widget.lineEdit().width(), widget.height())
    elif isinstance(widget, QTabBar):
        for place in range(widget.count()):
            yield widget.tabText(place), (widget.tabSizeHint(place).width(), 0), (widget.tabRect(place).width(), 0)
    elif isinstance(widget, QHeaderView) and widget.orientation() is Qt.Orientation.Horizontal:
        model = widget.model()
        for place in range(widget.count()):
            words = str(model.headerData(place, Qt.Orientation.Horizontal) or "")
            if words and not widget.isSectionHidden(place):
                in_view = widget.viewport().width() - widget.sectionViewportPosition(place)
                yield words, (metrics.horizontalAdvance(words), 0), (min(widget.sectionSize(place), in_view), 0)


def _elides(button: QAbstractButton) -> bool:
    """Whether a button shows an ellipsis where it has no room, and its text in the tooltip."""
    return hasattr(button, "whole_text")


def _is_in_view(widget: QWidget, window: QWidget) -> bool:
    """Whether all of a widget can be seen; below what scrolls, only its width counts."""
    box = QRect(QPoint(), widget.size())
    parent = widget.parentWidget()
    scrolls = False
    place = widget.pos()
    while parent is not None:
        scrolls = scrolls or isinstance(parent.parentWidget(), QAbstractScrollArea)
        seen = QRect(place, box.size())
        if seen.left() < -_ROUNDING or seen.right() > parent.width() + _ROUNDING:
            return False
        if not scrolls and (seen.top() < -_ROUNDING or seen.bottom() > parent.height() + _ROUNDING):
            return False
        if parent is window:
            break
        place = parent.mapToParent(place)
        parent = parent.parentWidget()
    return True


def _box_in(widget: QWidget, window: QWidget) -> QRect:
    """Return where the part of a widget that is seen stands in its window."""
    seen = widget.visibleRegion().boundingRect()
    return QRect(widget.mapTo(window, seen.topLeft()), seen.size())
