"""Look up a host once, and check each of its addresses before anything is sent to one."""

import asyncio
import socket

from backend.worker.executors.address_rules import HttpRules, parsed, refusal


class AddressRefusedError(Exception):
    """An address cannot be resolved or must not be called; the text is one line for a person."""


async def resolve_checked(host: str, port: int, rules: HttpRules) -> list[str]:
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
        address = parsed(text)
        if (refused := refusal(rules, host, address)) is not None:
            raise AddressRefusedError(f"{host} is {address}: {refused}")
    return addresses
