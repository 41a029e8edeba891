"""The surfaces that views share."""

from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from console.widgets.surfaces import Figure


def test_the_captions_of_a_row_of_figures_stay_in_line_whatever_the_values(qapp: QApplication) -> None:
    row = QWidget()
    layout = QHBoxLayout(row)
    figures = [Figure("Waiting"), Figure("启动延迟 p99")]
    for figure in figures:
        layout.addWidget(figure)
    figures[0].show_value("8")
    figures[1].show_value("22.4\n秒")
    row.resize(600, 160)
    row.show()
    qapp.processEvents()
    tops = {figure.caption.mapTo(row, figure.caption.rect().topLeft()).y() for figure in figures}
    assert len(tops) == 1
    row.deleteLater()
