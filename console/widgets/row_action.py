"""What a person can do with rows of a table."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

R = TypeVar("R")


@dataclass(frozen=True, kw_only=True)
class RowAction(Generic[R]):
    """One action; `id` identifies it within its table, the icon is decoration.

    `applies` says for which rows it is offered. `on_hover` puts it on the bar over the row under the pointer. The
    first of `shortcuts` is the one that is shown.
    """

    id: str
    text: Callable[[], str]
    do: Callable[[list[R]], object]
    icon_name: str = ""
    applies: Callable[[R], bool] = lambda _row: True
    on_hover: bool = True
    shortcuts: tuple[str, ...] = ()
