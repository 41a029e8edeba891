"""The health of the backend in one line."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from console.health import Vital, vital_names
from console.theme.current import Theme
from console.widgets.glyph_mark import GlyphMark
from console.widgets.plain_tip import plain_tip
from console.widgets.surfaces import INSIDE, label
from console.widgets.wrapping_row import WrappingRow
from console.words import tr

_PART_WIDTH = 190


class HealthStrip(QFrame):
    """Four parts side by side; each tells more in its tooltip. `faults_wanted` follows the link to the faults."""

    faults_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(INSIDE, 8, INSIDE, 8)
        parts: list[QWidget] = []
        self.vitals: list[Vital] = []
        self._shapes: list[GlyphMark] = []
        self._names = []
        self._words = []
        self._links: list[QPushButton] = []
        for part_name in vital_names():
            part = QWidget()
            across = QHBoxLayout(part)
            across.setContentsMargins(0, 0, 0, 0)
            across.setSpacing(8)
            shape, name, words = GlyphMark(theme), label(part_name, "secondary"), label("–")
            link = QPushButton()
            link.setObjectName("link")
            link.clicked.connect(self.faults_wanted)
            link.hide()
            # It is higher than the words: the page below must not move when there is something to link to.
            link.ensurePolished()
            part.setMinimumHeight(link.sizeHint().height())
            for one in (shape, name, words, link):
                across.addWidget(one)
            across.addStretch(1)
            parts.append(part)
            self._shapes.append(shape)
            self._names.append(name)
            self._words.append(words)
            self._links.append(link)
        whole.addWidget(WrappingRow(parts, least_width=_PART_WIDTH, spacing=8))
        self.setAccessibleName(tr("Health"))

    @property
    def faults_link(self) -> QPushButton:
        """The link to the faults, which the dispatcher's part has."""
        return self._links[0]

    def show_vitals(self, vitals: Sequence[Vital]) -> None:
        """Show the parts."""
        self.vitals = list(vitals)
        if not vitals:
            return
        parts = zip(vitals, self._shapes, self._names, self._words, self._links, strict=True)
        for vital, shape, name, words, link in parts:
            link.setText(vital.faults)
            link.setVisible(bool(vital.faults))
            shape.glyph = vital.glyph
            shape.update()
            name.setText(vital.name)
            words.setText(vital.words)
            part = shape.parentWidget()
            if part is not None:
                part.setToolTip(plain_tip(vital.detail))
        self.setAccessibleDescription(
            "; ".join(f"{vital.name}: {vital.words} {vital.faults}".rstrip() for vital in vitals)
        )
