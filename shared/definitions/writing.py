"""Writes definitions as YAML that every reader of YAML 1.1 and 1.2 reads alike."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from shared.models.definitions import Section
from shared.plain_yaml import CORE_SCHEMA_RESOLVERS

SCHEMA_FILE = "taskdeck.schema.json"
_HEADER = "# yaml-language-server: $schema={schema}\n"
_Dumper: type[Any] = yaml.CSafeDumper if yaml.__with_libyaml__ else yaml.SafeDumper


class _PlainDumper(_Dumper):  # type: ignore[misc]
    """Quotes every text that one of the two versions would read as something else."""

    def ignore_aliases(self, data: object) -> bool:
        """Write equal values in full."""
        return True


for _tag, _pattern, _first in CORE_SCHEMA_RESOLVERS:
    _PlainDumper.add_implicit_resolver(_tag, _pattern, _first)


def _text(dumper: Any, value: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_PlainDumper.add_representer(str, _text)


def write_definitions(definitions: Mapping[Section, Sequence[Mapping[str, Any]]], *, schema: str = SCHEMA_FILE) -> str:
    """Return the text of a file; `schema` is where editors find the schema, relative to the file or as a URL."""
    content = {
        section.value: [dict(item) for item in definitions[section]] for section in Section if definitions.get(section)
    }
    body = write_yaml(content) if content else ""
    return _HEADER.format(schema=schema) + body


def write_yaml(content: Any) -> str:
    """Return any content in terms of JSON as YAML."""
    text: str = yaml.dump(
        content, Dumper=_PlainDumper, sort_keys=False, allow_unicode=True, width=120, default_flow_style=False
    )
    return text
