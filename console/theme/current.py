"""The theme in use."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication, QStyle

from console.theme.palette import DARK, LIGHT, Palette, ThemeName
from console.theme.style_sheet import style_sheet

_ROW = 28
_COMPACT_ROW = 24


class Theme(QObject):
    """Holds the palette; `changed` follows each change of it."""

    changed = Signal()

    def __init__(self, application: QApplication, chosen: ThemeName | None = None) -> None:
        """`chosen` None follows the system."""
        super().__init__(application)
        self._application = application
        self._chosen = chosen
        self._reduces_motion: bool | None = None
        self._is_compact = False
        self.palette = LIGHT
        application.setStyle("Fusion")
        font = QFont(application.font())
        font.setFamilies(_families(["Inter", *font.families()], QFontDatabase.families()))
        font.setPointSizeF(10)
        application.setFont(font)
        application.styleHints().colorSchemeChanged.connect(lambda _scheme: self._apply())
        self._apply()

    def choose(self, chosen: ThemeName | None) -> None:
        """Use one theme, or follow the system."""
        self._chosen = chosen
        self._apply()

    @property
    def chosen(self) -> ThemeName | None:
        """The theme that was chosen; None follows the system."""
        return self._chosen

    @property
    def is_still(self) -> bool:
        """Whether animation is off: as chosen, or as the system asks."""
        if self._reduces_motion is not None:
            return self._reduces_motion
        return not self._application.style().styleHint(QStyle.StyleHint.SH_Widget_Animate)

    def reduce_motion(self, reduces: bool | None) -> None:
        """Turn animation off or on; None follows the system."""
        self._reduces_motion = reduces
        self.changed.emit()

    @property
    def row_height(self) -> int:
        """The height of the rows of tables and trees, in pixels."""
        return _COMPACT_ROW if self._is_compact else _ROW

    @property
    def is_compact(self) -> bool:
        """Whether rows are lower than usual."""
        return self._is_compact

    def make_compact(self, is_compact: bool) -> None:
        """Lower the rows, or give them their usual height."""
        if is_compact != self._is_compact:
            self._is_compact = is_compact
            self._apply()

    def toggle(self) -> None:
        """Change from light to dark or back."""
        self.choose("light" if self.palette.is_dark else "dark")

    def _wanted(self) -> Palette:
        if self._chosen is not None:
            return DARK if self._chosen == "dark" else LIGHT
        return DARK if self._application.styleHints().colorScheme() is Qt.ColorScheme.Dark else LIGHT

    def _apply(self) -> None:
        self.palette = p = self._wanted()
        colours = QPalette()
        role = QPalette.ColorRole
        for target, colour in (
            (role.Window, p.ground),
            (role.Base, p.panel),
            (role.AlternateBase, p.raised),
            (role.Text, p.text),
            (role.WindowText, p.text),
            (role.ButtonText, p.text),
            (role.Button, p.panel),
            (role.Highlight, p.accent),
            (role.HighlightedText, p.on_accent),
            (role.PlaceholderText, p.muted),
            (role.ToolTipBase, p.raised),
            (role.ToolTipText, p.text),
            (role.Link, p.accent),
        ):
            colours.setColor(target, QColor(colour))
        self._application.setPalette(colours)
        self._application.setStyleSheet(style_sheet(p, row_height=self.row_height))
        self.changed.emit()


_CHINESE = ("Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei UI")
"""Families with the shapes that are written in China: where none is named, a system may take those of Japan."""


def _families(wanted: Sequence[str], known: Collection[str]) -> list[str]:
    """Return the wanted families that the system has, and behind them one for Chinese."""
    chinese = next((family for family in _CHINESE if family in known), None)
    return [family for family in wanted if family in known] + ([chinese] if chinese else [])


def monospace() -> QFont:
    """Return the system's font for commands, schedules and logs."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    # Its family may be an alias such as "monospace", which Qt passes over where a family that exists stands beside it.
    face = QFontInfo(font).family()
    font.setFamilies([face, *_families((), QFontDatabase.families())])
    font.setPointSizeF(9.5)
    return font
