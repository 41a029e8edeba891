"""What a user may do in which folder: the backend decides by it in each statement, the console about what it offers."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from shared.enums import Permission, Role, Scope
from shared.errors import ForbiddenError
from shared.folders import is_within, normal_folder

P = TypeVar("P", Permission, Permission | None)


@dataclass(frozen=True, slots=True, order=True)
class GrantedFolder:
    """A permission in a folder and in all folders below it; the folder "" is above all of them."""

    folder: str
    permission: Permission


@dataclass(frozen=True, slots=True)
class Access:
    """The permission in every folder, None without one, and the folders in which it is greater.

    `folders` holds no folder whose permission follows from one above it, in order of their names. `limit` is what the
    token of the request permits at most.
    """

    everywhere: Permission | None
    folders: tuple[GrantedFolder, ...] = ()
    limit: Permission = Permission.ADMIN

    @property
    def reads_all(self) -> bool:
        """Whether nothing is hidden."""
        return self.everywhere is not None

    @property
    def greatest(self) -> Permission | None:
        """The greatest permission in any folder; None: nothing is permitted anywhere."""
        return _greatest(self.everywhere, *(one.permission for one in self.folders))

    def permission_in(self, folder: str) -> Permission | None:
        """Return the greatest permission in a folder; None: what is in it is hidden."""
        return _greatest(self.everywhere, *(one.permission for one in self.folders if is_within(folder, one.folder)))

    def permits(self, folder: str, needed: Permission) -> bool:
        """Whether something is permitted in a folder."""
        found = self.permission_in(folder)
        return found is not None and found.allows(needed)

    def permits_everywhere(self, needed: Permission) -> bool:
        """Whether something is permitted in every folder."""
        return self.everywhere is not None and self.everywhere.allows(needed)

    def permits_somewhere(self, needed: Permission) -> bool:
        """Whether something is permitted in any folder."""
        return self.greatest is not None and self.greatest.allows(needed)

    def top_folders(self, needed: Permission) -> list[str] | None:
        """Return the folders in and below which something is permitted, none within another; None: everywhere."""
        if self.permits_everywhere(needed):
            return None
        found: list[str] = []
        for one in self.folders:  # a folder comes before those below it
            if one.permission.allows(needed) and not any(is_within(one.folder, above) for above in found):
                found.append(one.folder)
        return found

    def require(self, folder: str, needed: Permission) -> None:
        """Raise `ForbiddenError` that names the missing permission and the folder."""
        if not self.permits(folder, needed):
            raise ForbiddenError(self._refusal(folder, needed))

    def _refusal(self, folder: str, needed: Permission) -> str:
        if not self.limit.allows(needed):
            return token_refusal(needed, limit=self.limit)
        place = f"in the folder {folder}" if folder else "in the top folder"
        has = self.permission_in(folder)
        held = f", and you have the permission {has}" if has else ""
        return f"This needs the permission {needed} {place}{held}. Ask an administrator of the folder for a grant."


FULL_ACCESS = Access(Permission.ADMIN)
"""What the backend itself may do."""


def access_of(role: Role, grants: Iterable[GrantedFolder], *, scope: Scope = Scope.ADMIN) -> Access:
    """Return what a role and grants permit together, within the scope of a token.

    It does not matter where a grant comes from: a user's own and those of their groups count alike.
    """
    limit = Permission(scope.value)
    everywhere = _within(role.permission, limit)
    folders: list[GrantedFolder] = []
    for one in sorted(GrantedFolder(normal_folder(one.folder), one.permission) for one in grants):
        permission = _within(one.permission, limit)
        if not one.folder:
            everywhere = _greatest(everywhere, permission)
        elif not Access(everywhere, tuple(folders)).permits(one.folder, permission):
            folders = [
                *(other for other in folders if other.folder != one.folder),
                GrantedFolder(one.folder, permission),
            ]
    return Access(everywhere, tuple(folders), limit)


def _greatest(*permissions: Permission | None) -> Permission | None:
    return max((one for one in permissions if one is not None), key=list(Permission).index, default=None)


def _within(permission: P, limit: Permission) -> P | Permission:
    return permission if permission is None or limit.allows(permission) else limit


def token_refusal(needed: Permission, *, limit: Permission) -> str:
    """Return why a token permits too little, and the next step."""
    return f"This needs a token with the scope {needed}, and this one has the scope {limit}. Create another token."
