"""The application's style sheet, made from a palette."""

from importlib.resources import files

from console.theme.palette import Palette


def drawn(shape: str, palette: Palette) -> str:
    """Return the path of the arrow of combo boxes or the tick of check boxes: a style sheet needs a file a colour."""
    name = f"{shape}-dark.svg" if palette.is_dark else f"{shape}-light.svg"
    return str(files("resources.icons").joinpath(name)).replace("\\", "/")


def style_sheet(palette: Palette, *, row_height: int) -> str:
    """Return the Qt style sheet for `palette`, with rows of `row_height` pixels."""
    p = palette
    return f"""
* {{ outline: 0; }}
QWidget {{ color: {p.text}; font-size: 10pt; }}
QMainWindow, QDialog, #content {{ background: {p.ground}; }}
QToolTip {{ background: {p.raised}; color: {p.text}; border: 1px solid {p.line}; padding: 4px 8px; }}
#sidebar {{ background: {p.panel}; border: 0; border-right: 1px solid {p.line}; }}
#brand {{ font-size: 13pt; font-weight: 600; }}
#connection {{ text-align: left; border: 0; background: transparent; color: {p.muted}; padding: 0; height: 20px; }}
#connection:hover {{ color: {p.text}; background: transparent; }}
#connection:focus {{ color: {p.text}; text-decoration: underline; }}
#nav {{ text-align: left; border: 1px solid transparent; border-radius: 6px; padding: 0 12px; height: 30px;
  color: {p.muted}; background: transparent; }}
#nav[low="true"] {{ height: 24px; }}
#nav[folded="true"] {{ text-align: center; padding: 0; }}
#search {{ text-align: left; color: {p.muted}; padding: 0 12px; }}
#palette {{ background: {p.panel}; border: 1px solid {p.line}; }}
#paletteList {{ background: {p.panel}; border: 0; }}
#key {{ background: {p.raised}; border: 1px solid {p.line}; border-radius: 4px; padding: 0 6px; font-size: 9pt; }}
QToolButton#colour {{ padding: 0 6px; min-height: 22px; }}
QToolButton#colour:checked {{ border-color: {p.text}; background: {p.raised}; }}
QToolButton#day {{ padding: 0 6px; color: {p.muted}; }}
QToolButton#day:checked {{ background: {p.accent}; color: {p.on_accent}; border-color: {p.accent}; font-weight: 600; }}
QToolButton#day:focus {{ border-color: {p.text}; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ subcontrol-origin: border; width: 20px; border: 0; }}
QAbstractSpinBox::up-button {{ subcontrol-position: top right; }}
QAbstractSpinBox::down-button {{ subcontrol-position: bottom right; }}
QAbstractSpinBox::up-arrow {{ image: url({drawn("chevron-up", p)}); width: 9px; height: 9px; }}
QAbstractSpinBox::down-arrow {{ image: url({drawn("chevron", p)}); width: 9px; height: 9px; }}
#pairs {{ border: 1px solid {p.line}; border-radius: 6px; }}
#toast {{ background: {p.raised}; border: 1px solid {p.line}; border-radius: 8px; }}
#badge {{ background: {p.bad}; color: {p.panel}; border-radius: 7px; padding: 0 5px; font-size: 8pt;
  font-weight: 600; }}
#nav:hover {{ background: {p.raised}; color: {p.text}; }}
#nav:checked {{ background: {p.raised}; color: {p.text}; font-weight: 600; }}
#nav:focus {{ border-color: {p.accent}; }}
#footnote, #secondary {{ color: {p.muted}; font-size: 9pt; }}
#title {{ font-size: 16pt; font-weight: 600; }}
#pageTitle {{ font-size: 14pt; font-weight: 600; }}
#pageBody:focus {{ border: 1px solid {p.accent}; border-radius: 8px; }}
QPlainTextEdit#textBlock {{ border: 0; border-radius: 0; padding: 0; background: transparent; }}
QPlainTextEdit#textBlock:focus {{ border: 2px solid {p.accent}; border-radius: 4px; }}
QPushButton#pageLink {{ border: 2px solid transparent; border-radius: 4px; background: transparent; color: {p.accent};
  padding: 0 4px; min-height: 18px; text-align: left; }}
QPushButton#pageLink:hover {{ text-decoration: underline; }}
QPushButton#pageLink:focus {{ border-color: {p.accent}; }}
QPushButton#pageLink:disabled {{ color: {p.idle}; }}
#cardTitle {{ font-size: 10.5pt; font-weight: 600; }}
#figure {{ font-size: 18pt; font-weight: 600; }}
#figure[tone="good"] {{ color: {p.good}; }}
#figure[tone="bad"], #bad {{ color: {p.bad}; }}
#figure[tone="warning"] {{ color: {p.warning}; }}
#figure[stale="true"] {{ color: {p.muted}; }}
QPushButton#danger {{ color: {p.bad}; border-color: {p.bad}; font-weight: 600; }}
QPushButton#danger:focus {{ border: 2px solid {p.bad}; min-height: 26px; padding: 0 11px; }}
QPushButton#danger:disabled {{ color: {p.idle}; border-color: {p.line}; }}
QPushButton#link {{ border: 0; background: transparent; color: {p.accent}; padding: 0 4px; min-height: 20px; }}
QPushButton#link:hover, QPushButton#link:focus {{ text-decoration: underline; }}
QToolButton#rowAction {{ border: 0; border-radius: 4px; min-height: 22px; padding: 0 6px; background: transparent; }}
QToolButton#logTool {{ border: 0; border-radius: 4px; min-height: 26px; padding: 0 6px; background: transparent; }}
QToolButton#logTool:hover {{ background: {p.raised}; }}
QToolButton#logTool:focus {{ border: 1px solid {p.accent}; padding: 0 5px; min-height: 24px; }}
QToolButton#logTool:checked {{ background: {p.raised}; border: 1px solid {p.line}; padding: 0 5px; min-height: 24px; }}
QListWidget {{ background: {p.panel}; border: 1px solid {p.line}; border-radius: 6px; outline: 0; }}
QListWidget::item {{ padding: 6px 8px; border-bottom: 1px solid {p.line}; }}
QListWidget::item:selected {{ background: {p.raised}; color: {p.text}; }}
QToolButton#rowAction:hover {{ background: {p.line}; }}
QToolButton#rowAction:focus {{ border: 2px solid {p.accent}; min-height: 18px; padding: 0 4px; }}
QLineEdit[wrong="true"], QComboBox[wrong="true"], QPlainTextEdit[wrong="true"], #pairs[wrong="true"] {{
  border: 1px solid {p.bad}; }}
#sections {{ background: transparent; border: 1px solid transparent; }}
#sections::item {{ border: 0; border-radius: 6px; padding: 0 10px; color: {p.muted}; }}
#sections::item:hover {{ background: {p.raised}; color: {p.text}; }}
#sections::item:selected {{ background: {p.raised}; color: {p.text}; font-weight: 600; }}
#sections:focus {{ border: 1px solid {p.accent}; }}
#fieldError {{ color: {p.bad}; font-size: 9pt; }}
#card {{ background: {p.panel}; border: 1px solid {p.line}; border-radius: 8px; }}
#figureCard {{ background: {p.panel}; border: 1px solid {p.line}; border-radius: 8px; }}
#figureCard:hover {{ background: {p.raised}; }}
#figureCard:focus {{ border: 2px solid {p.accent}; }}
#plain {{ background: transparent; }}
#banner {{ background: {p.raised}; border: 1px solid {p.line}; border-radius: 8px; }}
#empty {{ color: {p.muted}; }}
QPushButton, QToolButton {{ background: {p.panel}; border: 1px solid {p.line}; border-radius: 6px; padding: 0 12px;
  min-height: 28px; }}
QToolButton[popupMode="2"] {{ padding-right: 28px; }}
QPushButton::menu-indicator, QToolButton::menu-indicator {{ image: url({drawn("chevron", p)}); width: 12px;
  height: 12px; subcontrol-origin: padding; subcontrol-position: center right; right: 8px; }}
QPushButton:hover, QToolButton:hover {{ background: {p.raised}; }}
QPushButton:focus, QToolButton:focus {{ border-color: {p.accent}; }}
QPushButton:disabled, QPushButton[busy="true"] {{ color: {p.idle}; }}
QPushButton#primary {{ background: {p.accent}; color: {p.on_accent}; border-color: {p.accent}; font-weight: 600; }}
QPushButton#primary:focus {{ border: 3px double {p.on_accent}; min-height: 24px; padding: 0 10px; }}
QPushButton#primary:disabled {{ background: {p.raised}; color: {p.idle}; border-color: {p.line}; }}
QPushButton#primary[busy="true"] {{ background: {p.raised}; color: {p.idle}; border: 1px solid {p.line};
  min-height: 28px; padding: 0 12px; }}
QPushButton#primary[busy="true"]:focus {{ border-color: {p.accent}; }}
QPushButton#range {{ min-height: 22px; padding: 0 8px; color: {p.muted}; font-size: 9pt; border-radius: 0;
  border-left-width: 0; }}
QPushButton#range[place="first"] {{ border-left-width: 1px; border-top-left-radius: 6px;
  border-bottom-left-radius: 6px; }}
QPushButton#range[place="last"] {{ border-top-right-radius: 6px; border-bottom-right-radius: 6px; }}
QPushButton#range:checked {{ background: {p.raised}; color: {p.text}; font-weight: 600; }}
QPushButton#range:focus {{ color: {p.accent}; text-decoration: underline; }}
QLineEdit, QComboBox, QAbstractSpinBox, QPlainTextEdit {{ background: {p.panel}; border: 1px solid {p.line};
  border-radius: 6px; padding: 0 8px; selection-background-color: {p.accent}; selection-color: {p.on_accent}; }}
QLineEdit, QComboBox, QAbstractSpinBox {{ min-height: 28px; }}
QPlainTextEdit {{ padding: 4px; }}
QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus, QPlainTextEdit:focus {{ border-color: {p.accent}; }}
QAbstractSpinBox QLineEdit {{ border: 0; padding: 0; min-height: 0; background: transparent; }}
QLineEdit QToolButton {{ border: 0; background: transparent; padding: 0; min-height: 0; }}
QAbstractSpinBox {{ max-height: 28px; }}
QCheckBox::indicator, QTreeView::indicator, QListView::indicator {{ width: 12px; height: 12px;
  border: 1px solid {p.idle}; border-radius: 3px; background: {p.panel}; }}
QCheckBox::indicator:checked, QTreeView::indicator:checked, QListView::indicator:checked {{ background: {p.accent};
  border-color: {p.accent}; image: url({drawn("tick", p)}); }}
QCheckBox::indicator:focus {{ border-color: {p.accent}; }}
QCheckBox:focus {{ color: {p.accent}; }}
QComboBox::drop-down {{ border: 0; width: 24px; }}
QComboBox::down-arrow {{ image: url({drawn("chevron", p)}); width: 12px; height: 12px; }}
QComboBox QAbstractItemView {{ background: {p.panel}; border: 1px solid {p.line};
  selection-background-color: {p.raised}; selection-color: {p.text}; }}
QTableView, QTreeView, QListWidget {{ border-radius: 7px; }}
QTableView:focus, QTreeView:focus, QListWidget:focus {{ border: 1px solid {p.accent}; }}
QTabBar::tab:selected:focus {{ background: {p.raised}; color: {p.accent}; border-color: {p.accent}; }}
QScrollArea, QGraphicsView, #log {{ border: 1px solid transparent; border-radius: 7px; }}
QScrollArea:focus, QGraphicsView:focus, #log:focus {{ border-color: {p.accent}; }}
QTableView {{ background: {p.panel}; border: 1px solid transparent; gridline-color: {p.line};
  selection-background-color: {p.raised}; selection-color: {p.text}; }}
QTableView::item {{ border-bottom: 1px solid {p.line}; padding: 0 8px; }}
QTreeView {{ background: {p.panel}; border: 1px solid transparent; show-decoration-selected: 1;
  selection-background-color: {p.raised}; selection-color: {p.text}; }}
QTreeView::item {{ min-height: {row_height - 2}px; padding: 0 4px; }}
QTreeView::item:hover, QTreeView::item:selected {{ background: {p.raised}; color: {p.text}; }}
QHeaderView {{ background: {p.panel}; border: 0; }}
QHeaderView::section {{ background: {p.panel}; color: {p.muted}; border: 0; border-bottom: 1px solid {p.line};
  padding: 0 8px; height: 28px; font-size: 9pt; }}
QTabWidget::pane {{ border: 0; }}
QTabBar {{ qproperty-drawBase: 0; }}
QTabBar::tab {{ padding: 5px 11px 6px 11px; color: {p.muted}; border: 1px solid transparent;
  border-bottom-width: 2px; }}
QTabBar::tab:selected {{ color: {p.text}; border-bottom-color: {p.accent}; }}
QTabBar QToolButton {{ padding: 0; min-height: 0; border: 1px solid {p.line}; border-radius: 4px; }}
QMenu {{ background: {p.panel}; border: 1px solid {p.line}; padding: 4px; }}
QMenu::item {{ padding: 6px 20px; border-radius: 4px; }}
QMenu::separator {{ height: 1px; background: {p.line}; margin: 4px; }}
QMenu::item:selected {{ background: {p.raised}; }}
QMenu::item:disabled {{ color: {p.idle}; }}
QScrollArea {{ background: transparent; }}
QScrollBar:vertical {{ width: 10px; background: transparent; }}
QScrollBar:horizontal {{ height: 10px; background: transparent; }}
QScrollBar::handle {{ background: {p.line}; border-radius: 4px; min-height: 24px; min-width: 24px; margin: 1px; }}
QScrollBar::handle:hover {{ background: {p.idle}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QSplitter::handle {{ background: transparent; width: 12px; }}
QProgressBar {{ background: {p.raised}; border: 0; border-radius: 3px; max-height: 6px; min-height: 6px; }}
QProgressBar::chunk {{ background: {p.accent}; border-radius: 3px; }}
"""
