"""Text that is as high as its lines."""

from PySide6.QtWidgets import QApplication

from console.widgets.linked_facts import breakable
from console.widgets.text_block import TextBlock
from tests.console.widgets.test_boxes import wheel_down


def test_all_lines_are_seen_at_any_width(qapp: QApplication) -> None:
    block = TextBlock("Notes")
    block.show_text("one\n" + "x" * 400)
    heights = []
    for width in (2000, 400, 200):
        block.resize(width, block.height())
        block.show()
        QApplication.processEvents()
        heights.append(block.height())
        assert block.verticalScrollBar().maximum() == 0, "nothing is left to scroll"
    assert heights == sorted(heights)
    assert heights[0] < heights[2]
    assert block.minimumSizeHint().width() == 0
    assert block.toPlainText() == "one\n" + "x" * 400


def test_lines_of_any_script_are_seen(qapp: QApplication) -> None:
    block = TextBlock("Notes")
    block.show_text("one\n" + "一二三四五六七八九十 ж あ ﷺ ༀ 😀\n" * 20)
    for width in (1000, 150):
        block.resize(width, block.height())
        block.show()
        QApplication.processEvents()
        assert block.verticalScrollBar().maximum() == 0, "nothing is left to scroll"


def test_the_wheel_is_left_to_the_page(qapp: QApplication) -> None:
    block = TextBlock("Notes")
    block.show_text("\n".join(map(str, range(200))))
    block.show()
    assert not wheel_down(block.viewport())


def test_only_long_words_are_broken() -> None:
    assert breakable("short words stay as they are") == "short words stay as they are"
    assert breakable("x" * 60).replace("\u200b", "") == "x" * 60
    assert max(map(len, breakable("x" * 60).split("\u200b"))) == 24
