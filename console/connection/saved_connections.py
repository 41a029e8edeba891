"""The backends that a person uses: a name, an address and a colour each, so that nobody acts on the wrong one."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlsplit

from console import remembered
from console.memory import Memory
from console.words import tr

COLOURS = ("good", "warning", "bad", "accent", "idle")
"""The palette's names that a connection may have for its colour; it may also be any `#rrggbb`."""


@dataclass(frozen=True, slots=True)
class SavedConnection:
    """One backend. Without `url` it is this machine's; `ca_file` is a certificate authority of one's own.

    `allows_http` sends password and tokens to an address that is not encrypted.
    """

    name: str
    url: str = ""
    colour: str = "accent"
    username: str = ""
    ca_file: str = ""
    allows_http: bool = False

    @property
    def is_local(self) -> bool:
        """Whether it is this machine's backend."""
        return not self.url

    @property
    def shown_name(self) -> str:
        """The name that a person knows it by."""
        return self.name or (tr("This machine") if self.is_local else host_of(self.url))


def host_of(url: str) -> str:
    """Return the host, with the port where it has one."""
    return urlsplit(url).netloc or url


def as_address(text: str) -> str:
    """Return what was typed as a URL: https, unless it says otherwise or names this machine."""
    text = text.strip().rstrip("/")
    if "://" in text:
        return text
    is_here = text.split(":")[0] in ("localhost", "127.0.0.1")
    return f"{'http' if is_here else 'https'}://{text}"


def suggested_colour(*words: str) -> str:
    """Return red for what sounds like production, amber for staging, green for this machine."""
    said = " ".join(words).casefold()
    if any(part in said for part in ("prod", "live", "生产")):
        return "bad"
    if any(part in said for part in ("stag", "test", "uat", "预发", "测试")):
        return "warning"
    if any(part in said for part in ("localhost", "127.0.0.1", "dev", "本机", "开发")):
        return "good"
    return "accent"


def with_saved(known: Iterable[SavedConnection], saved: SavedConnection) -> list[SavedConnection]:
    """Return the list with a connection put in the place of the one at the same address, or at the end."""
    found = list(known)
    for place, one in enumerate(found):
        if one.url == saved.url:
            found[place] = saved
            return found
    return [*found, saved]


class SavedConnections:
    """The saved list; this machine is always its first."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def all(self) -> list[SavedConnection]:
        """Return every connection."""
        found = self._read()
        if not any(one.is_local for one in found):
            found.insert(0, SavedConnection("", colour="good"))
        return found

    def find(self, url: str) -> SavedConnection:
        """Return the connection at `url`, made up where none is saved."""
        known = next((one for one in self.all() if one.url == url), None)
        return known or SavedConnection("", url, colour=suggested_colour(url))

    def save(self, connection: SavedConnection) -> None:
        """Keep a connection, in the place of the one at the same address."""
        self._write(with_saved(self.all(), connection))

    def remove(self, url: str) -> None:
        """Forget a connection."""
        self._write([one for one in self.all() if one.url != url])

    @property
    def last(self) -> str:
        """The address used last; empty for this machine."""
        return self._memory.get(remembered.LAST_CONNECTION)

    def use(self, url: str) -> None:
        """Note which one is used now."""
        self._memory.put(remembered.LAST_CONNECTION, url)
        if url and all(one.url != url for one in self.all()):
            self.save(replace(self.find(url)))

    def _read(self) -> list[SavedConnection]:
        try:
            return [SavedConnection(**row) for row in self._memory.get(remembered.SAVED_CONNECTIONS)]
        except TypeError:
            return []

    def _write(self, connections: list[SavedConnection]) -> None:
        self._memory.put(remembered.SAVED_CONNECTIONS, [asdict(one) for one in connections])
