"""Which addresses an HTTP task may call: a task must not read the credentials of a machine or a cloud."""

import asyncio
import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_NAT64 = IPv6Network("64:ff9b::/96")
_METADATA = frozenset(
    {
        ip_address("168.63.129.16"),  # Azure
        ip_address("100.100.100.200"),  # Alibaba Cloud
        ip_address("192.0.0.192"),  # Oracle Cloud
        ip_address("fd00:ec2::254"),  # Amazon
    }
)
"""Addresses of metadata services outside the link-local ranges, in which 169.254.169.254 lies."""
_LINK_LOCAL = (IPv4Network("169.254.0.0/16"), IPv6Network("fe80::/10"))


class AddressRefusedError(Exception):
    """An address cannot be resolved or must not be called; the text is one line for a person."""


def embedded_addresses(address: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    """Return an address and the IPv4 addresses that it stands for: mapped, compatible, 6to4, Teredo, NAT64."""
    found: list[IPv4Address | IPv6Address] = [address]
    if isinstance(address, IPv6Address):
        found += [one for one in (address.ipv4_mapped, address.sixtofour) if one is not None]
        if address.teredo is not None:
            found += address.teredo
        if address in _NAT64 or int(address) >> 32 == 0:
            found.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return found


def is_refused(address: IPv4Address | IPv6Address) -> bool:
    """Return whether an address is link-local or a metadata service, in whatever notation."""
    return any(
        one in _METADATA or any(one.version == network.version and one in network for network in _LINK_LOCAL)
        for one in embedded_addresses(address)
    )


async def resolve_checked(host: str, port: int) -> list[str]:
    """Return the addresses of a host in the order in which to try them.

    Raises:
        AddressRefusedError: the host has no address, or one of them must not be called.
    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise AddressRefusedError(f"{host} cannot be resolved: {reason}") from error
    addresses = list(dict.fromkeys(str(address[0]) for *_, address in found))
    for text in addresses:
        address = ip_address(text.partition("%")[0])
        if is_refused(address):
            raise AddressRefusedError(f"{host} is {address}: link-local and metadata addresses are refused")
    return addresses
