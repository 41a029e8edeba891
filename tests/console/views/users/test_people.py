from console.application import Console
from console.views.policies.form_dialog import FormDialog
from console.views.users.view import UsersView
from console.widgets.confirm import ConfirmDialog
from tests.console.conftest import Play, dialog_of, undone, until


def test_an_administrator_adds_disables_and_removes_a_person(play: Play) -> None:
    async def scenario(console: Console) -> None:
        console.window.show_view("users")
        view = console.window.current
        assert isinstance(view, UsersView)
        people = view.people
        console.window.strip.primary.click()
        form = await dialog_of(FormDialog)
        form.set_text("username", "anna")
        form.set_text("password", "short")
        form.save.click()
        await until(lambda: bool(form.error_of("password")), console.background.ended)
        form.set_text("password", "long enough by far")
        form.set_text("role", "operator")
        form.save.click()

        def anna() -> list[object]:
            return [user for user in people.model.rows if user.username == "anna"]

        await until(lambda: bool(anna()), people.model.rowsInserted, people.model.modelReset)
        user = people.model.rows[next(i for i, one in enumerate(people.model.rows) if one.username == "anna")]
        assert user.role == "operator"
        people.table.act(people.table.row_action("disable"), [user])
        await undone(console, "anna")
        people.table.delete_wanted.emit([user])
        dialog = await dialog_of(ConfirmDialog)
        assert "anna" in dialog.windowTitle()
        dialog.line.setText("anna")
        dialog.go.click()
        await until(lambda: not anna(), people.model.rowsRemoved, people.model.modelReset)

    play(scenario)
