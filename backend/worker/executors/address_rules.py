"""Which addresses an HTTP task may call: a task must not read the credentials of a machine or a cloud."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def _networks(*texts: str) -> tuple[Network, ...]:
    return tuple(ip_network(text) for text in texts)


_METADATA = _networks(
    "168.63.129.16/32",  # Azure
    "100.100.100.200/32",  # Alibaba Cloud
    "192.0.0.192/32",  # Oracle Cloud
    "fd00:ec2::/32",  # Amazon
    "fd20:ce::/64",  # Google Cloud
    "fd00:c1::a9fe:a9fe/128",  # Oracle Cloud
)
"""Metadata services outside the link-local ranges, in which 169.254.169.254 lies."""
_LINK_LOCAL = _networks("169.254.0.0/16", "fe80::/10")
_NO_HOST = _networks("224.0.0.0/4", "240.0.0.0/4", "ff00::/8")
"""Multicast, reserved and broadcast addresses."""
_LOOPBACK = _networks("127.0.0.0/8", "0.0.0.0/8", "::1/128", "::/128")
"""A connection to the unspecified address reaches this machine too."""
_PRIVATE = _networks(
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15", "fc00::/7",
    "fec0::/10",
)  # fmt: skip
"""RFC 1918, 6598, 6890, 2544, 4193, 3879."""

_NAT64 = IPv6Network("64:ff9b::/96")
"""RFC 6052: the IPv4 address is in the last 32 bits."""
_LOCAL_NAT64 = IPv6Network("64:ff9b:1::/48")
"""RFC 8215: any prefix of RFC 6052 may be used below it, so the IPv4 address may be in each of its places."""
_TRANSLATED = IPv6Network("::ffff:0:0:0/96")
"""RFC 2765: SIIT."""
_ISATAP = frozenset({0x5EFE, 0x2005EFE})
"""RFC 5214: bits 64 to 95, before the IPv4 address."""


def _pattern(text: str) -> str:
    """Check a host pattern: a network, an address, or a name in which `*` stands for any characters."""
    if "/" in text or ":" in text or text.replace(".", "").isdigit():
        try:
            ip_network(text)
        except ValueError as error:
            raise ValueError(f"{text!r} is not a network such as 10.0.0.0/8: {error}") from error
    return text.lower().removesuffix(".")


HostPattern = Annotated[str, AfterValidator(_pattern)]


class HttpRules(BaseModel):
    """Which addresses may be called, beside those that never are; `allow` None permits all others."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    loopback: bool = True
    private: bool = True
    allow: tuple[HostPattern, ...] | None = None
    deny: tuple[HostPattern, ...] = ()


ANY_HOST = HttpRules()


def notations(address: Address) -> list[Address]:
    """Return an address and the IPv4 addresses that it stands for: mapped, compatible, translated, tunnelled."""
    found: list[Address] = [address]
    if not isinstance(address, IPv6Address):
        return found
    number = int(address)
    last = IPv4Address(number & 0xFFFFFFFF)
    found += [one for one in (address.ipv4_mapped, address.sixtofour, *(address.teredo or ())) if one is not None]
    # ::1 and :: are addresses of their own, and no IPv4-compatible ones.
    is_compatible = number >> 32 == 0 and number > 1
    is_isatap = (number >> 32) & 0xFFFFFFFF in _ISATAP
    if is_compatible or is_isatap or address in _NAT64 or address in _TRANSLATED:
        found.append(last)
    if address in _LOCAL_NAT64:
        # RFC 6052, 2.2: bits 64 to 71 are zero, the address lies around them.
        without_zeros = (number >> 64 << 56) | (number & (2**56 - 1))
        found += [IPv4Address((without_zeros >> shift) & 0xFFFFFFFF) for shift in (40, 32, 24)]
        found.append(last)
    return found


def refusal(rules: HttpRules, host: str, address: Address) -> str | None:
    """Return why an address of a host must not be called, or None.

    A network in `allow` permits its addresses also where they are loopback or private. A name does not: its
    owner could let it point there.
    """
    forms = notations(address)
    if _is_in(forms, (*_LINK_LOCAL, *_METADATA)):
        return "link-local and metadata addresses are refused"
    if _is_in(forms, _NO_HOST):
        return "multicast and reserved addresses are refused"
    if any(_matches(pattern, host, forms) for pattern in rules.deny):
        return "the owner of the worker refuses it ([http] deny)"
    networks = [pattern for pattern in rules.allow or () if _is_network(pattern)]
    if any(_matches(pattern, host, forms[:2]) for pattern in networks):
        return None
    if rules.allow is not None and not any(_matches(pattern, host, ()) for pattern in rules.allow):
        return f"the owner of the worker permits others only ([http] allow: {', '.join(rules.allow)})"
    if not rules.loopback and _is_in(forms, _LOOPBACK):
        return "the owner of the worker refuses loopback addresses ([http] loopback)"
    if not rules.private and _is_in(forms, _PRIVATE):
        return "the owner of the worker refuses private addresses ([http] private)"
    return None


def _is_in(addresses: Iterable[Address], networks: Sequence[Network]) -> bool:
    return any(one.version == network.version and one in network for one in addresses for network in networks)


def _is_network(pattern: str) -> bool:
    try:
        ip_network(pattern)
    except ValueError:
        return False
    return True


def _matches(pattern: str, host: str, addresses: Sequence[Address]) -> bool:
    if _is_network(pattern):
        return _is_in(addresses, (ip_network(pattern),))
    return fnmatchcase(host.lower().removesuffix("."), pattern)


def parsed(text: str) -> Address:
    """Return an address of a look-up, which may name its interface behind `%`."""
    return ip_address(text.partition("%")[0])
