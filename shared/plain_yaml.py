"""YAML 1.2: `no`, `0755` and `1:30` are the texts that stand there, and no key is given twice.

PyYAML reads YAML 1.1, where they are false, 493 and 90. The patterns are those of the core schema (YAML 1.2.2, 10.3.2),
but for a number with leading zeros, which stays a text: the core schema would drop the zeros.
"""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

_TAG = "tag:yaml.org,2002:"
_MERGE = f"{_TAG}merge"
_ENTRY = re.compile(r"\s*(?:-\s+)*(?:[\w-]+|\"[^\"]*\"|'[^']*')\s*:\s+(?P<value>\S)")
_READ_OTHERWISE = re.compile(r"\ufeff|(?:^|[\s\[{,:-])!", re.MULTILINE)
"""A byte order mark within the text, which libyaml leaves out, and tags, of which it reads a lone `!` otherwise."""
_BREAKS_OF_LINES = re.compile(r"[\n\r\x85\u2028\u2029]")
_UNSAFE_IN_BLOCKS = re.compile(r"[\r\x85\u2028\u2029]|\A\s|[ \t]$", re.MULTILINE)
"""Breaks of lines that are read as another one, and blanks that are easily lost at the ends of lines."""
_MOST_WIDTH = 2**20
"""No line is folded."""
_DEPTH = 5
"""As in a dependency: list, position, field, position, name."""
_CORE_SCHEMA = (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789")),
    (
        "float",
        r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        list("-+.0123456789"),
    ),
)


class _CoreSchema(yaml.constructor.SafeConstructor, yaml.resolver.Resolver):
    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {"<": [(_MERGE, re.compile("<<"))]}

    def construct_yaml_int(self, node: yaml.ScalarNode) -> int:
        """Return an integer; octal numbers are written 0o17."""
        return int(str(self.construct_scalar(node)), 0)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """Refuse a value that does not fit the tag in front of it, such as `!!float x`, with its place."""
        try:
            return super().construct_object(node, deep)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise yaml.MarkedYAMLError(
                None, None, f"the value does not fit its tag {node.tag}", node.start_mark
            ) from error

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Refuse a key that is given twice: the first value would be lost silently."""
        seen: set[str] = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen and key.tag != _MERGE:
                raise yaml.MarkedYAMLError(None, None, f"{key.value!r} is given twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


CORE_SCHEMA_RESOLVERS = [(_TAG + name, re.compile(rf"^(?:{pattern})$"), first) for name, pattern, first in _CORE_SCHEMA]
"""Tag, pattern and first characters of what is no text, for readers and writers."""
for _tag, _resolved, _first in CORE_SCHEMA_RESOLVERS:
    _CoreSchema.add_implicit_resolver(_tag, _resolved, _first)
_CoreSchema.yaml_constructors = _CoreSchema.yaml_constructors | {f"{_TAG}int": _CoreSchema.construct_yaml_int}


class _CoreLoader(_CoreSchema, yaml.SafeLoader):
    """Reads and places errors; its scanner is written in Python."""


_FastLoader: type[Any] = _CoreLoader
if yaml.__with_libyaml__:

    class _LibyamlLoader(_CoreSchema, yaml.CSafeLoader):
        """Reads a third as long: libyaml scans and parses."""

    _FastLoader = _LibyamlLoader


class _Dumper(yaml.SafeDumper):
    """Quotes what this module or YAML 1.1 would read as something else than a text."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent the items of a list below its name."""
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: object) -> bool:
        """Write equal values in full."""
        return True


for _name, _pattern, _first in _CORE_SCHEMA:
    _Dumper.add_implicit_resolver(_TAG + _name, re.compile(rf"^(?:{_pattern})$"), _first)


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = None
    if _BREAKS_OF_LINES.search(text):
        style = '"' if _UNSAFE_IN_BLOCKS.search(text) else "|"
    return dumper.represent_scalar(f"{_TAG}str", text, style)


_Dumper.add_representer(str, _represent_text)


def dump_yaml(content: Any) -> str:
    """Return a content in terms of JSON as a text that `load_yaml` reads as the same; several lines as a block."""
    return str(yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_MOST_WIDTH))


def load_yaml(text: str) -> Any:
    """Return the content of a text in terms of JSON; raises `yaml.YAMLError`, which names line and column.

    What libyaml refuses is read again in Python, whose errors are those that this module completes.
    """
    with contextlib.suppress(yaml.YAMLError, UnicodeError, RecursionError):
        if not _READ_OTHERWISE.search(text.removeprefix("\ufeff")):
            return yaml.load(text, Loader=_FastLoader)  # noqa: S506 - a SafeLoader
    return load_without_libyaml(text)


def load_without_libyaml(text: str) -> Any:
    """Do the same as `load_yaml`, in three times as long."""
    try:
        return yaml.load(text, Loader=_CoreLoader)  # noqa: S506 - a SafeLoader
    except RecursionError:
        raise yaml.YAMLError("it is nested too deeply") from None
    except yaml.error.MarkedYAMLError as error:
        if type(error) is not yaml.MarkedYAMLError and _is_in_unquoted_value(text, error.problem_mark):
            error.problem = f"{error.problem}; put the value in quotes"
        raise


def _is_in_unquoted_value(text: str, mark: yaml.Mark | None) -> bool:
    """Return whether a place lies in a value behind `name:`, or in a text that is one value as a whole."""
    if mark is None:
        return False
    lines = text.split("\n")
    if len(lines) == 1 and not _ENTRY.match(text):
        return True
    found = _ENTRY.match(lines[mark.line]) if mark.line < len(lines) else None
    return found is not None and mark.column >= found.start("value")


@dataclass(frozen=True, slots=True)
class Place:
    """Line and column, counted from 1."""

    line: int
    column: int


def places_of(text: str) -> dict[str, Place]:
    """Return the place of each value of a document by its path, such as `tasks.3.environment.MODE`.

    A value with a key is where its key is.
    """
    root = _compose(text)
    return {} if root is None else dict(_places_in(root, "", _DEPTH))


def lines_of_list(text: str, name: str) -> list[dict[str, int]]:
    """Return for each item of the list `name` its line, as "", and those of the values in it by their paths."""
    found: list[dict[str, int]] = []
    for path, place in places_of(text).items():
        section, _, rest = path.partition(".")
        position, _, inner = rest.partition(".")
        if section != name or not position.isdecimal():
            continue
        if not inner:
            found.append({"": place.line})
        elif int(position) < len(found):
            found[int(position)][inner] = place.line
    return found


def _compose(text: str) -> yaml.Node | None:
    with contextlib.suppress(yaml.YAMLError, UnicodeError, RecursionError):
        found: yaml.Node | None = yaml.compose(text, Loader=_FastLoader)
        return found
    return yaml.compose(text, Loader=_CoreLoader)


def _places_in(node: yaml.Node, path: str, depth: int) -> Iterator[tuple[str, Place]]:
    inner: list[tuple[object, yaml.Node, yaml.Node]] = []
    if isinstance(node, yaml.MappingNode):
        inner = [(key.value, key, value) for key, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        inner = [(position, value, value) for position, value in enumerate(node.value)]
    for name, place, value in inner:
        mark = place.start_mark
        yield f"{path}{name}", Place(mark.line + 1, mark.column + 1)
        if depth > 1:
            yield from _places_in(value, f"{path}{name}.", depth - 1)
