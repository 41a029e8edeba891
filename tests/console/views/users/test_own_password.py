"""A user changes the own password in the window; what is wrong stands beside its field."""

from PySide6.QtWidgets import QLabel

from console.application import Console
from console.views.users.view import UsersView
from tests.console.conftest import Play, until


def test_what_is_wrong_with_a_password_is_said(play: Play) -> None:
    async def scenario(console: Console) -> None:
        console.window.show_view("users")
        view = console.window.current
        assert isinstance(view, UsersView)
        view.show_with({"page": "tokens"})
        form = view.tokens.change_password()
        form.set_text("current_password", "a long password")
        form.set_text("new_password", "another long password")
        form.set_text("repeated", "another")
        form.save.click()
        await until(lambda: form.error_of("repeated") == "The two passwords differ.", console.background.ended)
        form.set_text("repeated", "another long password")
        form.save.click()

        def said() -> list[str]:
            return [one.text() for one in form.findChildren(QLabel) if one.isVisible() and "no password" in one.text()]

        await until(lambda: bool(said()), console.background.ended)
        assert said() == ["local has no password here: it signs in with the provider, or belongs to this computer."]
        for name in ("current_password", "new_password", "repeated"):
            form.set_text(name, "")
        form.reject()

    play(scenario)
