"""Which events of the live stream a user receives."""

from collections.abc import Callable

from msgspec import MsgspecError, Raw, Struct
from msgspec.json import Decoder

from backend.accounts.identity_cache import Identity
from backend.events.stream import StreamItem
from shared.enums import EventType, Permission, Role, StreamTopic

_OF_NO_FOLDER = frozenset({StreamTopic.WORKERS, StreamTopic.QUEUES})
"""What these events say belongs to the whole system."""
_OF_A_FOLDER = frozenset(one.value for one in EventType if one.topic not in _OF_NO_FOLDER)
"""An event of a newer replica, whose type is not known here, may say anything."""


class _Data(Struct):
    id: Raw = Raw(b"null")
    folder: str | None = None
    moved_from: str | None = None


_DECODER = Decoder(_Data)


def shown_to(identity: Identity) -> Callable[[StreamItem], StreamItem | None] | None:
    """Return what makes of each event what a user receives, or None for a user who receives all.

    The data of each run, task and alert names its folder. One without it, from a former version, is not passed on. A
    task that moves out of the folders that the user may read is deleted for them.
    """
    if identity.user.role.allows(Role.VIEWER):
        return None
    access = identity.access

    def shown(item: StreamItem) -> StreamItem | None:
        if item.type not in _OF_A_FOLDER:
            return None
        try:
            data = _DECODER.decode(item.data)
        except MsgspecError:
            return None
        if data.folder is not None and access.permits(data.folder, Permission.READ):
            return item
        if data.moved_from is not None and access.permits(data.moved_from, Permission.READ):
            return StreamItem(item.id, EventType.TASK_DELETED, f'{{"id":{bytes(data.id).decode()}}}')
        return None

    return shown
