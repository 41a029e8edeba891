"""The text of a unit file, and the words of its values (systemd.syntax(7), systemd.service(5))."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "s": " "}
_SPECIFIER = re.compile(r"%(.)")
_WITHOUT_QUOTES = re.compile(r"[A-Za-z0-9_@%+=:,./-]+")


class UnitError(ValueError):
    """A unit that cannot be read."""


@dataclass(slots=True)
class Unit:
    """The settings of a unit with the values of each in order; an empty value discards those before it."""

    name: str
    settings: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def read(self, text: str) -> None:
        """Add the settings of a file: those of the unit itself first, then those of its drop-ins."""
        section = ""
        for line in _lines(text):
            if line.startswith("[") and line.endswith("]"):
                section = line[1:-1]
                continue
            key, separator, value = line.partition("=")
            if not separator:
                raise UnitError(f"{line!r} is not a setting")
            if value.strip():
                self.settings.setdefault((section, key.strip()), []).append(value.strip())
            else:
                self.settings[section, key.strip()] = []

    def values(self, section: str, key: str) -> list[str]:
        """Return all values of a setting."""
        return self.settings.get((section, key), [])

    def last(self, section: str, key: str) -> str | None:
        """Return the value of a setting that has one: the last that is given."""
        values = self.values(section, key)
        return values[-1] if values else None

    def names(self, section: str) -> list[str]:
        """Return the settings of a section that have a value."""
        return [key for (own, key), values in self.settings.items() if own == section and values]


def _lines(text: str) -> Iterator[str]:
    """Yield lines without comments; a backslash at the end continues a line."""
    continued = ""
    for raw in text.splitlines():
        line = raw.strip()
        if line.startswith(("#", ";")) or (not line and not continued):
            continue
        if line.endswith("\\"):
            continued += line[:-1].rstrip() + " "
            continue
        yield continued + line
        continued = ""
    if continued.strip():
        yield continued.strip()


def expand_specifiers(text: str, unit: str) -> str:
    """Replace the specifiers that depend on the name of the unit alone; raises `UnitError` for others."""
    whole, _, _ = unit.rpartition(".")
    prefix, _, instance = whole.partition("@")
    known = {"%": "%", "n": unit, "N": whole, "p": prefix, "P": prefix, "i": instance, "I": instance.replace("-", "/")}

    def value(found: re.Match[str]) -> str:
        if found[1] not in known:
            raise UnitError(f"the specifier %{found[1]} depends on the machine; write its value in its place")
        return known[found[1]]

    return _SPECIFIER.sub(value, text)


def split_words(text: str) -> list[tuple[str, bool]]:
    """Return the words of a command line, each with whether a part of it was quoted; raises `UnitError`."""
    words: list[tuple[str, bool]] = []
    current: list[str] = []
    is_word = was_quoted = False
    quote = ""
    position = 0
    while position < len(text):
        character = text[position]
        if character == "\\":
            piece, position = _unescaped(text, position)
            current.append(piece)
            is_word = was_quoted = True
            continue
        if quote:
            if character == quote:
                quote = ""
            else:
                current.append(character)
        elif character in "'\"":
            quote, is_word, was_quoted = character, True, True
        elif character.isspace():
            if is_word:
                words.append(("".join(current), was_quoted))
            current, is_word, was_quoted = [], False, False
        else:
            current.append(character)
            is_word = True
        position += 1
    if quote:
        raise UnitError(f"a quotation mark {quote} is not closed")
    if is_word:
        words.append(("".join(current), was_quoted))
    return words


def _unescaped(text: str, position: int) -> tuple[str, int]:
    """Return what an escape at a position stands for, and the position behind it."""
    kind = text[position + 1 : position + 2]
    if kind in _ESCAPES:
        return _ESCAPES[kind], position + 2
    if kind in ("x", "u", "U"):
        length = {"x": 2, "u": 4, "U": 8}[kind]
        digits = text[position + 2 : position + 2 + length]
        try:
            if len(digits) == length:
                return chr(int(digits, 16)), position + 2 + length
        except (ValueError, OverflowError):
            pass
        raise UnitError(f"\\{kind}{digits} is not a character")
    if kind.isdigit():
        try:
            return chr(int(text[position + 1 : position + 4], 8)), position + 4
        except ValueError:
            raise UnitError(f"\\{text[position + 1 : position + 4]} is not a character") from None
    return kind, position + 2


def quoted(word: str, *, is_command: bool = False) -> str:
    """Return a word as a value of a unit has it; in a command also without variables."""
    escaped = word.replace("%", "%%")
    if is_command:
        escaped = escaped.replace("$", "$$")
    if escaped and _WITHOUT_QUOTES.fullmatch(escaped):
        return escaped
    for plain, written in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t"), ("\r", "\\r")):
        escaped = escaped.replace(plain, written)
    return f'"{escaped}"'
