import pytest

from console.widgets.check_list import CheckList


@pytest.mark.usefixtures("qapp")
def test_what_is_chosen_stays_chosen_whatever_is_offered() -> None:
    field = CheckList()
    field.setText("mail, gone")
    assert field.text() == "mail, gone"
    field.offer([("chat", "Chat"), ("mail", "E-mail")])
    assert field.text() == "mail, gone"
    assert {name: box.text() for name, box in field.boxes.items()} == {"mail": "E-mail", "gone": "gone", "chat": "Chat"}
    field.boxes["chat"].click()
    assert set(field.text().split(", ")) == {"mail", "gone", "chat"}
    field.setText("")
    assert field.text() == ""
