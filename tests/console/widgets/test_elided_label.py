from PySide6.QtWidgets import QApplication

from console.widgets.elided_label import ElidedLabel
from console.widgets.surfaces import Card


def test_a_text_that_does_not_fit_ends_in_an_ellipsis_and_is_whole_in_the_tooltip(qapp: QApplication) -> None:
    words = ElidedLabel("Mon 30 Nov, 01:00–02:00")
    words.resize(words.sizeHint())
    words.show()
    assert (words.shown_text, words.toolTip()) == (words.text(), "")
    words.resize(60, words.height())
    assert words.shown_text.endswith("…")
    assert words.text() in words.toolTip()


def test_a_long_title_leaves_a_card_as_narrow_as_it_is(qapp: QApplication) -> None:
    card = Card("a-name-so-long-that-no-card-has-room-for-it")
    card.aside.setText("run 1,234")
    card.resize(200, 80)
    card.show()
    qapp.processEvents()
    assert card.title.shown_text.endswith("…")
    assert not card.title.geometry().intersects(card.aside.geometry())
