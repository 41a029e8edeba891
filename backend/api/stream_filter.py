"""Which events of the live stream a user receives."""

from collections.abc import Callable

from msgspec import MsgspecError, Struct
from msgspec.json import Decoder

from backend.accounts.identity_cache import Identity
from backend.events.stream import StreamItem
from shared.enums import EventType, Permission, Role, StreamTopic

_OF_NO_FOLDER = frozenset({StreamTopic.WORKERS, StreamTopic.QUEUES})
"""What these events say belongs to the whole system."""


class _OfFolder(Struct):
    folder: str | None = None


_DECODER = Decoder(_OfFolder)


def visible_to(identity: Identity) -> Callable[[StreamItem], bool] | None:
    """Return what decides about each event, or None for a user who receives all.

    The data of each run, task and alert names its folder. One without it, from a former version, is not passed on.
    """
    if identity.user.role.allows(Role.VIEWER):
        return None
    access = identity.access

    def is_visible(item: StreamItem) -> bool:
        if EventType(item.type).topic in _OF_NO_FOLDER:
            return False
        try:
            folder = _DECODER.decode(item.data).folder
        except MsgspecError:
            return False
        return folder is not None and access.permits(folder, Permission.READ)

    return is_visible
