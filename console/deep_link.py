"""Links to objects: `taskdeck://HOST/tasks/ID`, which open the console where they are clicked."""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from console.connection.saved_connections import SavedConnection, host_of

SCHEME = "taskdeck"
LOCAL = "local"
"""The host in the links to this machine's backend."""

_ID_LIMIT = 2**63
_PAGES = {"tasks": "task", "runs": "run"}
_PATH = re.compile(r"^/(tasks|runs|workers)/([^/]{1,200})/?$")


@dataclass(frozen=True, slots=True)
class DeepLink:
    """What a link names: a host (empty for this machine), a view, and what the view is to show."""

    host: str
    view: str
    object_id: str

    @property
    def page(self) -> str:
        """The view or page that shows the object."""
        return _PAGES.get(self.view, self.view)

    @property
    def wanted(self) -> dict[str, object]:
        """What `View.show_with` is given."""
        key = self.view.removesuffix("s")
        return {key: self.object_id if self.view == "workers" else int(self.object_id)}


def read_deep_link(text: str) -> DeepLink | None:
    """Return what a link names; None where it is not one of ours."""
    parts = urlsplit(text.strip())
    found = _PATH.match(parts.path)
    if parts.scheme.lower() != SCHEME or found is None or parts.query or parts.fragment:
        return None
    view, object_id = found[1], unquote(found[2])
    if view != "workers" and not (object_id.isascii() and object_id.isdigit() and int(object_id) < _ID_LIMIT):
        return None
    host = parts.netloc.lower()
    return DeepLink("" if host in ("", LOCAL, "localhost") else host, view, object_id)


def write_deep_link(connection: SavedConnection, view: str, object_id: int | str) -> str:
    """Return the link to an object of a backend."""
    return f"{SCHEME}://{LOCAL if connection.is_local else host_of(connection.url)}/{view}/{object_id}"


def connection_of(link: DeepLink, known: list[SavedConnection]) -> SavedConnection | None:
    """Return the saved backend that a link is for, by host with the port, or by host alone where only one has it."""
    exact = [one for one in known if (host_of(one.url).lower() if one.url else "") == link.host]
    if exact:
        return exact[0]
    alone = [one for one in known if one.url and urlsplit(one.url).hostname == link.host]
    return alone[0] if len(alone) == 1 else None
