"""What roles, grants and scopes permit together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.access import Access, GrantedFolder, access_of
from shared.enums import Permission, Role, Scope
from shared.errors import ForbiddenError
from tests.fuzzing import fuzzed

READ, RUN, EDIT, ADMIN = Permission

FOLDERS = st.lists(st.sampled_from(["a", "b", "ab", "a-b"]), max_size=3).map("/".join)
GRANTS = st.lists(st.builds(GrantedFolder, FOLDERS, st.sampled_from(Permission)), max_size=6)


@pytest.mark.parametrize(
    ("role", "grants", "folder", "permission"),
    [
        (Role.MEMBER, {}, "", None),
        (Role.MEMBER, {}, "finance", None),
        (Role.MEMBER, {"finance": RUN}, "finance", RUN),
        (Role.MEMBER, {"finance": RUN}, "finance/daily", RUN),
        (Role.MEMBER, {"finance": RUN}, "", None),
        (Role.MEMBER, {"finance": RUN}, "finances", None),
        (Role.MEMBER, {"finance/daily": RUN}, "finance", None),
        (Role.MEMBER, {"": READ}, "anything/below", READ),
        (Role.MEMBER, {"finance": READ, "finance/daily": EDIT}, "finance/daily/x", EDIT),
        (Role.MEMBER, {"finance": EDIT, "finance/daily": READ}, "finance/daily/x", EDIT),
        (Role.VIEWER, {}, "finance", READ),
        (Role.VIEWER, {"finance": EDIT}, "finance", EDIT),
        (Role.VIEWER, {"finance": EDIT}, "other", READ),
        (Role.OPERATOR, {"finance": READ}, "finance", EDIT),
        (Role.OPERATOR, {"finance": ADMIN}, "finance", ADMIN),
        (Role.ADMIN, {}, "finance", ADMIN),
    ],
)
def test_the_greatest_of_role_and_grants_counts(
    role: Role, grants: dict[str, Permission], folder: str, permission: Permission | None
) -> None:
    access = access_of(role, [GrantedFolder(*one) for one in grants.items()])
    assert access.permission_in(folder) == permission
    assert [access.permits(folder, needed) for needed in Permission] == [
        permission is not None and permission.allows(needed) for needed in Permission
    ]


def test_a_scope_restricts_role_and_grants() -> None:
    access = access_of(Role.VIEWER, [GrantedFolder("finance", ADMIN)], scope=Scope.RUN)
    assert access == Access(READ, (GrantedFolder("finance", RUN),), RUN)
    with pytest.raises(ForbiddenError, match="a token with the scope edit, and this one has the scope run"):
        access.require("finance", EDIT)


def test_what_follows_from_a_folder_above_is_left_out() -> None:
    grants = [
        GrantedFolder("a/b", RUN),
        GrantedFolder("a", RUN),
        GrantedFolder("a/b/c", EDIT),
        GrantedFolder("b", READ),
    ]
    assert access_of(Role.VIEWER, grants) == Access(READ, (GrantedFolder("a", RUN), GrantedFolder("a/b/c", EDIT)))
    assert access_of(Role.MEMBER, grants).top_folders(READ) == ["a", "b"]
    assert access_of(Role.MEMBER, grants).top_folders(EDIT) == ["a/b/c"]
    assert access_of(Role.VIEWER, grants).top_folders(READ) is None
    assert access_of(Role.MEMBER, []).top_folders(READ) == []


def test_a_refusal_names_the_permission_and_the_folder() -> None:
    access = access_of(Role.MEMBER, [GrantedFolder("finance", READ)])
    with pytest.raises(
        ForbiddenError, match=r"needs the permission run in the folder finance/daily, and you have .* read"
    ):
        access.require("finance/daily", RUN)
    with pytest.raises(ForbiddenError, match=r"permission edit in the top folder\. Ask"):
        access.require("", EDIT)
    access.require("finance", READ)


@fuzzed(300)
@given(st.sampled_from(Role), GRANTS, st.sampled_from(Scope), FOLDERS)
def test_the_short_form_permits_what_the_grants_say(
    role: Role, grants: list[GrantedFolder], scope: Scope, folder: str
) -> None:
    access = access_of(role, grants, scope=scope)
    parts = folder.split("/")
    above = {"/".join(parts[:length]) for length in range(len(parts) + 1)}
    for needed in Permission:
        by_role = role.permission is not None and role.permission.allows(needed)
        by_grant = any(one.folder in above and one.permission.allows(needed) for one in grants)
        expected = (by_role or by_grant) and scope.allows(Scope(needed.value))
        assert access.permits(folder, needed) is expected
        tops = access.top_folders(needed)
        assert (tops is None or bool({*tops} & above)) is expected
        assert access.permits_somewhere(needed) >= expected
