"""The part of an address that one client holds, by which its requests are counted."""

import ipaddress

_IPV6_PREFIX = 64
"""What a provider gives to one customer: single addresses below it cost nothing."""


def address_prefix(address: str) -> str:
    """Return an IPv4 address as it is and the /64 network of an IPv6 address; other text is returned unchanged."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((parsed, _IPV6_PREFIX), strict=False))
