"""The conditions of statements that show only what a user may read, or change, in the folders that are granted.

Each folder is one equality and one range, which the index tasks_folder serves. A user whose role permits it everywhere
executes the statement without a condition.
"""

import re
from collections.abc import Callable

from sqlalchemy import ColumnElement, TextClause, and_, false, or_, text, true

from shared.access import Access
from shared.enums import Permission

_CONDITION = re.compile(r"\bgranted(_task)?\(([a-z_]+(?:\.[a-z_]+)?)\)")


class FolderStatement:
    """A statement with conditions `granted(t.folder)`, and `granted_task(r.task_id)` where the folder is not at hand.

    Both hold for everything where the user may read, or do `needed`, in every folder. The second holds for test runs
    as well, whose tasks are deleted an hour from now.
    """

    def __init__(self, sql: str, *, needed: Permission = Permission.READ) -> None:
        self.sql = sql
        self.needed = needed
        self._everywhere = text(_CONDITION.sub("true", sql))

    def within(self, access: Access) -> TextClause:
        """Return the statement for a user."""
        folders = access.top_folders(self.needed)
        if folders is None:
            return self._everywhere
        statement = text(_CONDITION.sub(_written(folders), self.sql))
        return statement.bindparams(
            **{f"{name}_{place}": bound for place, folder in enumerate(folders) for name, bound in _bounds(folder)}
        )


def in_folders(column: ColumnElement[str], access: Access, needed: Permission = Permission.READ) -> ColumnElement[bool]:
    """Return the same condition for a statement that is composed."""
    folders = access.top_folders(needed)
    if folders is None:
        return true()
    conditions = []
    for folder in folders:
        (_, is_it), (_, begin), (_, end) = _bounds(folder)
        conditions.append(or_(column == is_it, and_(column.op("~>=~")(begin), column.op("~<~")(end))))
    return or_(false(), *conditions)


def _bounds(folder: str) -> tuple[tuple[str, str], tuple[str, str], tuple[str, str]]:
    """Return the values that decide whether a folder is this one or lies below it; 0 follows / in ASCII."""
    return ("folder", folder), ("folders_from", f"{folder}/"), ("folders_to", f"{folder}0")


def _written(folders: list[str]) -> Callable[[re.Match[str]], str]:
    def condition(column: str) -> str:
        """Return the condition in SQL. The operators compare bytes, as the index does."""
        each = [
            f"{column} = cast(:folder_{place} as text) or ({column} ~>=~ cast(:folders_from_{place} as text) "
            f"and {column} ~<~ cast(:folders_to_{place} as text))"
            for place in range(len(folders))
        ]
        return f"({' or '.join(each)})" if each else "false"

    def write(found: re.Match[str]) -> str:
        if found[1] is None:
            return condition(found[2])
        ids = f"select granted.id from tasks granted where {condition('granted.folder')} and granted.deleted_at"  # noqa: S608
        return f"{found[2]} in ({ids} is null union all {ids} > now())"

    return write
