"""What a person can do with rows of a table."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Generic, TypeVar

R = TypeVar("R")


class ActionGroup(IntEnum):
    """Where an action stands in a menu, from the top to the bottom."""

    OPEN = 0
    """Show, edit, compare, copy."""
    RUN = 1
    """What starts something, or when."""
    NOTIFY = 2
    """Pause, and who is notified of what."""
    ORGANISE = 3
    """Where it is found."""
    END = 4
    """What deletes or cancels."""


@dataclass(frozen=True, kw_only=True)
class RowAction(Generic[R]):
    """One action; `id` identifies it within its table, the icon is decoration.

    `applies` says for which rows it is offered, `refusal` why the user may not do it to one: then it is shown and
    cannot be chosen. `on_hover` puts it on the bar over the row under the pointer. The first of `shortcuts` is the one
    that is shown. `do_whole` does it to all that the list's question selects, loaded or not, without their rows; an
    action without it gets the rows of all. One with `is_on` has a check mark while that holds for all rows. `group`
    orders menus alone: bars keep the order in which the actions are given.
    """

    id: str
    text: Callable[[], str]
    do: Callable[[list[R]], object]
    do_whole: Callable[[], object] | None = None
    icon_name: str = ""
    applies: Callable[[R], bool] = lambda _row: True
    on_hover: bool = True
    shortcuts: tuple[str, ...] = ()
    refusal: Callable[[R], str] = lambda _row: ""
    is_on: Callable[[R], bool] | None = None
    group: ActionGroup = ActionGroup.OPEN

    def can_do(self, row: R) -> bool:
        """Whether it is offered for a row, and permitted."""
        return self.applies(row) and not self.refusal(row)

    def why_refused(self, rows: Iterable[R]) -> str:
        """Return why it is permitted for none of the rows; empty where it is for one, or is offered for none."""
        refusals = [self.refusal(row) for row in rows if self.applies(row)]
        return refusals[0] if refusals and all(refusals) else ""
