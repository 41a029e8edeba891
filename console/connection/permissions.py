"""What the user of the connection may do in which folder, so that the console offers only that."""

from PySide6.QtCore import QObject, Signal

from console.background import BackgroundJobs
from console.connection.backend_connection import BackendConnection
from console.words import tr
from shared.access import FULL_ACCESS, Access, GrantedFolder, access_of
from shared.enums import Permission, Role
from shared.errors import TaskdeckError
from shared.models.auth import SignedInUser


def permission_words(permission: Permission) -> str:
    """Return the name of a permission."""
    return {
        Permission.READ: tr("Read"),
        Permission.RUN: tr("Run"),
        Permission.EDIT: tr("Edit"),
        Permission.ADMIN: tr("Administer"),
    }[permission]


def access_in(me: SignedInUser) -> Access:
    """Return what the backend says of a user; a former version says only the role and the scope."""
    if "permission" not in me.model_fields_set:
        return access_of(me.role, (), scope=me.scope)
    return Access(me.permission, tuple(GrantedFolder(one.folder, one.permission) for one in me.folders))


class Permissions(QObject):
    """Loaded after each connection and each gap of the stream, which follows a changed grant too.

    Until then everything is offered: the backend decides in any case.
    """

    changed = Signal()

    def __init__(
        self, connection: BackendConnection, background: BackgroundJobs, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._connection = connection
        self._background = background
        self._me: SignedInUser | None = None
        self.access = FULL_ACCESS
        connection.resynced.connect(self._ask)

    @property
    def is_member(self) -> bool:
        """Whether the user sees nothing of the system but what is granted."""
        return self._me is not None and self._me.role is Role.MEMBER

    @property
    def is_admin(self) -> bool:
        """Whether the user is an administrator of the backend."""
        return self._me is not None and self._me.role is Role.ADMIN

    def why_not(self, folder: str, needed: Permission) -> str:
        """Return why something is not permitted in a folder; empty where it is."""
        if self.access.permits(folder, needed):
            return ""
        if not folder:
            return tr("You need the permission “%1” for tasks without a folder.", permission_words(needed))
        return tr("You need the permission “%1” in the folder %2.", permission_words(needed), folder)

    def why_nowhere(self, needed: Permission) -> str:
        """Return why something is permitted in no folder; empty where it is in one."""
        if self.access.permits_somewhere(needed):
            return ""
        return tr("You need the permission “%1” in a folder.", permission_words(needed))

    def why_not_by_role(self, needed: Role) -> str:
        """Return why the role, or the scope of the token, does not permit what belongs to no folder; empty if it does.

        The scope that operators need is that of editing.
        """
        if self._me is None:
            return ""
        scope = Permission.ADMIN if needed is Role.ADMIN else Permission.EDIT
        if self._me.role.allows(needed) and Permission(self._me.scope.value).allows(scope):
            return ""
        return (
            tr("Only administrators may do this.")
            if needed is Role.ADMIN
            else tr("Only operators and administrators may do this.")
        )

    async def loaded(self) -> "Permissions":
        """Return it once the backend has answered for the first time."""
        if self._me is None:
            await self._load()
        return self

    def _ask(self) -> None:
        self._background.start(self._refresh(), name="permissions")

    async def _refresh(self) -> None:
        try:
            await self._load()
        except TaskdeckError:
            return  # what asks next meets the same error, and shows it

    async def _load(self) -> None:
        me = await self._connection.client.me()
        if me != self._me:
            self._me, self.access = me, access_in(me)
            self.changed.emit()
