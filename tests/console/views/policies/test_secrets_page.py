"""Secrets are set and deleted in the window, which never shows a value."""

from PySide6.QtWidgets import QDialog
from shiboken6 import isValid

from console.application import Console
from console.views.policies.view import PoliciesView
from console.widgets.confirm import ConfirmDialog
from tests.console.conftest import Play, dialog_of, until

VALUE = "a private\nkey of two lines"


def is_gone(dialog: QDialog) -> bool:
    return not isValid(dialog) or not dialog.isVisible()


def test_a_secret_is_set_again_and_deleted(play: Play) -> None:
    async def scenario(console: Console) -> None:
        console.window.show_view("policies")
        view = console.window.current
        assert isinstance(view, PoliciesView)
        view.show_with({"page": "secrets"})
        page = view.secrets
        form = page.edit(None)
        form.set_text("name", "a name")
        form.set_text("value", "abc")
        form.save.click()
        await until(lambda: bool(form.error_of("value") or form.error_of("name")), console.background.ended)
        form.set_text("name", "DB_PASSWORD")
        form.set_text("folder", "finance")
        form.set_text("value", f"{VALUE}\n")
        form.save.click()
        await until(lambda: is_gone(form), console.background.ended)
        await until(
            lambda: any(one.name == "DB_PASSWORD" for one in page.model.rows),
            page.model.rowsInserted,
            page.model.modelReset,
        )
        (secret,) = [one for one in page.model.rows if one.name == "DB_PASSWORD"]
        texts = [column.text(secret) for column in page.model.columns]
        assert (texts[:2], texts[4]) == (["DB_PASSWORD", "finance"], "never")
        again = page.edit(secret)
        assert again.text("value") == "", "the form does not know the value"
        again.set_text("value", "another value")
        again.save.click()
        await until(lambda: is_gone(again), console.background.ended)
        page.ask_remove([secret])
        (await dialog_of(ConfirmDialog)).accept()
        await until(
            lambda: all(one.name != "DB_PASSWORD" for one in page.model.rows),
            page.model.rowsRemoved,
            page.model.modelReset,
        )

    play(scenario)
