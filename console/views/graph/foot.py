"""The line under the graph: the legend, or what is current with what can be done with it."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from console.actions import Action, tip
from console.context import Context
from console.views.graph.items import node_words
from console.views.graph.legend import Legend
from console.widgets.elided_label import ElidedLabel
from console.widgets.plain_tip import plain_tip
from console.widgets.surfaces import label
from shared.models.task_graph import GraphNode

_MIDDLE = Qt.TextElideMode.ElideMiddle
_NAME_PIXELS = 260


class GraphFoot(QWidget):
    """Shows a task, a dependency in words, or the legend."""

    def __init__(
        self, context: Context, of_task: Sequence[Action], of_edge: Sequence[Action], why_not: Callable[[Action], str]
    ) -> None:
        """`why_not` returns why the user may never do something with what is current."""
        super().__init__()
        self._context = context
        self._why_not = why_not
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 0)
        row.setSpacing(8)
        self._name = label("")
        self._words = label("", "secondary")
        self.sentence = ElidedLabel("", "")
        self._legend = Legend(context.theme)
        for widget in (self._name, self._words, self._legend):
            row.addWidget(widget)
        row.addWidget(self.sentence, 1)
        row.addStretch()
        self.of_task = [self._button(deed) for deed in of_task]
        self.of_edge = [self._button(deed) for deed in of_edge]
        for button, _ in (*self.of_task, *self.of_edge):
            row.addWidget(button)

    def _button(self, deed: Action) -> tuple[QPushButton, Action]:
        button = QPushButton(deed.text)
        button.clicked.connect(partial(_run, deed))
        return button, deed

    def show_current(self, node: GraphNode | None, sentence: str, *, has_legend: bool) -> None:
        """Show the sentence of a dependency if there is one, else the task, else the legend."""
        is_edge = bool(sentence)
        is_task = node is not None and not is_edge
        self._legend.setVisible(has_legend and not is_edge and not is_task)
        self._name.setVisible(is_task)
        self._words.setVisible(is_task)
        self.sentence.setVisible(is_edge)
        self.sentence.setText(sentence)
        if node is not None:
            self._name.setText(self._name.fontMetrics().elidedText(node.name, _MIDDLE, _NAME_PIXELS))
            self._words.setText(node_words(node, self._context.times))
        for buttons, is_shown in ((self.of_task, is_task), (self.of_edge, is_edge)):
            for button, _ in buttons:
                button.setVisible(is_shown)
        self.enable()

    def enable(self) -> None:
        """Offer what can be done now, and say why not what is not permitted."""
        for button, deed in (*self.of_task, *self.of_edge):
            button.setEnabled(deed.is_enabled())
            button.setToolTip(plain_tip(self._why_not(deed) or tip(deed.text, deed.shortcuts[0])))


def _run(deed: Action, *_: object) -> None:
    deed.run()
