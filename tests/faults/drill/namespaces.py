"""Networks of the drill's own: a namespace with wires to this machine, each of which can be cut, one way or both."""

import contextlib
import os
import subprocess
import sys
from dataclasses import dataclass

NOWHERE = "02:00:00:00:00:01"
"""A hardware address that nobody has: what is sent to it vanishes without a word, as behind a broken switch."""


@dataclass(frozen=True, slots=True)
class Wire:
    """A pair of virtual interfaces; `outer` and `inner` are the addresses of this machine and of the namespace."""

    namespace: str
    name: str
    outer: str
    inner: str

    def cut(self, *, outwards: bool = True, inwards: bool = True) -> None:
        """Let vanish what the namespace sends (`outwards`), and what is sent to it (`inwards`)."""
        if outwards:
            self._lead(_inside(self.namespace), self.outer, self._inner_end, NOWHERE)
        if inwards:
            self._lead((), self.inner, self._outer_end, NOWHERE)

    def mend(self) -> None:
        """Pass everything again."""
        self._lead(_inside(self.namespace), self.outer, self._inner_end, _hardware_address((), self._outer_end))
        self._lead((), self.inner, self._outer_end, _hardware_address(_inside(self.namespace), self._inner_end))

    def lay(self) -> None:
        """Make both ends."""
        _ip("link", "add", self._outer_end, "type", "veth", "peer", "name", self._inner_end, "netns", self.namespace)
        for where, end, address in (
            ((), self._outer_end, self.outer),
            (
                _inside(self.namespace),
                self._inner_end,
                self.inner,
            ),
        ):
            _ip(*where, "addr", "add", f"{address}/30", "dev", end)
            _ip(*where, "link", "set", end, "up")

    @property
    def _outer_end(self) -> str:
        return f"{self.name}o"

    @property
    def _inner_end(self) -> str:
        return f"{self.name}i"

    @staticmethod
    def _lead(where: tuple[str, ...], address: str, end: str, hardware_address: str) -> None:
        _ip(*where, "neigh", "replace", address, "lladdr", hardware_address, "dev", end, "nud", "permanent")


class Namespace:
    """A network namespace; it takes root on Linux."""

    def __init__(self, number: int) -> None:
        """`number`, from 0 to 63, keeps those of one drill apart."""
        self.name = f"tdd{os.getpid()}n{number}"
        self._number = number
        self._wires = 0

    @property
    def prefix(self) -> tuple[str, ...]:
        """The command that runs another one inside."""
        return ("ip", "netns", "exec", self.name)

    def make(self) -> bool:
        """Make it; return whether that was allowed."""
        if sys.platform != "linux" or os.geteuid() != 0:
            return False
        try:
            _ip("netns", "add", self.name)
            _ip(*_inside(self.name), "link", "set", "lo", "up")
        except (OSError, subprocess.CalledProcessError):
            return False
        return True

    def wire(self) -> Wire:
        """Join it to this machine by another wire."""
        first = 4 * self._wires
        wire = Wire(
            self.name,
            f"td{os.getpid() % 10**7}n{self._number}w{self._wires}",
            f"10.{_net()}.{self._number}.{first + 1}",
            f"10.{_net()}.{self._number}.{first + 2}",
        )
        self._wires += 1
        wire.lay()
        return wire

    def remove(self) -> None:
        """Remove it with its wires; what still runs inside keeps it."""
        with contextlib.suppress(OSError, subprocess.CalledProcessError):
            _ip("netns", "del", self.name)


def _net() -> int:
    """Return a number that tells the addresses of one drill from those of another on this machine."""
    return 200 + os.getpid() % 50


def _inside(namespace: str) -> tuple[str, ...]:
    return ("-n", namespace)


def _hardware_address(where: tuple[str, ...], end: str) -> str:
    words = _ip(*where, "-o", "link", "show", "dev", end).split()
    return words[words.index("link/ether") + 1]


def _ip(*words: str) -> str:
    return subprocess.run(["ip", *words], check=True, capture_output=True, text=True, timeout=10).stdout
