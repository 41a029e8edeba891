"""What a page of the policies is made of: columns, fields of the form, and where its objects are in the API."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from console.views.policies.form_field import FormField
from console.views.tasks.field_texts import pairs_text, read_pairs
from console.words import absolute, tr
from shared.client import TaskdeckClient
from shared.enums import Permission, Role

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ResourceColumn:
    """A column: its title, what it shows of an object, a text as wide as that may be, and whether it is a number."""

    title: Callable[[], str]
    read: Callable[[Row], str]
    widest: str = "12345"
    is_number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceSpec:
    """One kind of object: where it is in the API, its columns, its form.

    `key` names the field that is in the path; objects that are made by POST have ids and are not edited. The form
    has every field, for PUT replaces all of them. `make` names the action that creates an object; without it, none
    can be created here. `trial` is behind the path of what can be tried, and
    `prepare` makes what is sent of what was entered. `needed` is the
    role, or the permission in a folder, of those who change the objects.
    """

    name: str
    title: Callable[[], str]
    path: str
    key: str
    columns: Sequence[ResourceColumn]
    fields: Sequence[FormField]
    empty: Callable[[], str]
    is_posted: bool = False
    make: Callable[[], str] | None = None
    verb: Callable[[], str] = field(default=lambda: tr("Delete"))
    question: Callable[[str], str] = field(default=lambda name: tr("Delete %1?", name))
    effect: Callable[[], str] = field(default=lambda: tr("This cannot be undone."))
    removal: str = ""
    trial: str = ""
    prepare: Callable[[TaskdeckClient, dict[str, Any]], Awaitable[dict[str, Any]]] | None = None
    needed: Role | Permission = Role.OPERATOR


def joined(value: Any) -> str:
    return ", ".join(str(one) for one in value or ())


def time_words(value: Any) -> str:
    return absolute(datetime.fromisoformat(value)) if value else ""


async def folder_names(client: TaskdeckClient) -> list[str]:
    return [one.path for one in await client.task_folders() if one.path]


def _is_on(value: Any) -> str:
    return "no" if value is False else "yes"


def pairs_field(
    name: str, title: Callable[[], str], *, hint: str, only_for: tuple[str, frozenset[str]] | None = None
) -> FormField:
    return FormField(
        name=name,
        title=title,
        read=read_pairs,
        show=lambda value: pairs_text(value or {}),
        hint=hint,
        has_lines=True,
        only_for=only_for,
    )


ENABLED = FormField(
    name="enabled",
    title=lambda: tr("Enabled"),
    is_check=True,
    read=lambda text: text == "yes",
    show=_is_on,
)


IN_USE = ResourceColumn(lambda: tr("Enabled"), lambda row: tr("yes") if row["enabled"] else tr("no"), "yes")
