"""What the provider's groups mean here: which role somebody has."""

from collections.abc import Collection, Iterator, Mapping

from shared.enums import Role
from shared.printable_text import why_unprintable

_MOST_GROUPS = 1000
"""Some providers name every group of a person; tokens with more than some hundred exceed what proxies accept."""
_MOST_CHARACTERS = 255


def groups_in(claims: Mapping[str, object], name: str) -> tuple[str, ...] | None:
    """Return the groups that a claim names, sorted; None where there is no such claim.

    A name with dots is that of the claim itself, as `https://example.org/groups`, or a path to it, as
    `realm_access.roles`.
    """
    found = claims[name] if name in claims else _at_path(claims, name.split("."))
    if found is None:
        return None
    return tuple(sorted(set(_storable(found)))[:_MOST_GROUPS])


def role_for(groups: Collection[str], roles: Mapping[str, Role], default: Role | None) -> Role | None:
    """Return the widest role of the groups, the default for somebody in none of them; None is nobody here."""
    mapped = [roles[group] for group in groups if group in roles]
    return max(mapped, key=list(Role).index, default=default)


def _at_path(claims: object, path: list[str]) -> object:
    for name in path:
        if not isinstance(claims, Mapping):
            return None
        claims = claims.get(name)
    return claims


def _storable(found: object) -> Iterator[str]:
    for group in found if isinstance(found, list) else [found]:
        if isinstance(group, str) and 0 < len(group) <= _MOST_CHARACTERS and why_unprintable(group) is None:
            yield group
