"""YAML in which timestamps stay text, as the API expects them, and duplicate keys are errors."""

from typing import Any

import yaml

_TIMESTAMP = "tag:yaml.org,2002:timestamp"
_MERGE = "tag:yaml.org,2002:merge"


class _PlainLoader(yaml.SafeLoader):
    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != _TIMESTAMP]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Override of PyYAML's; rejects duplicate keys, of which PyYAML silently uses the last."""
        seen: set[str] = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen and key.tag != _MERGE:
                raise yaml.MarkedYAMLError(None, None, f"{key.value!r} is given twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def load_yaml(text: str) -> Any:
    """Return the content of a text as JSON types; raises `yaml.YAMLError`."""
    return yaml.load(text, Loader=_PlainLoader)  # noqa: S506 - a SafeLoader


def lines_of_list(text: str, name: str) -> list[dict[str, int]]:
    """Return, for each mapping of the list `name`, the lines of its keys, and as "" its own; lines count from 1."""
    root = yaml.compose(text, Loader=_PlainLoader)
    found: list[dict[str, int]] = []
    for key, value in root.value if isinstance(root, yaml.MappingNode) else ():
        if key.value == name and isinstance(value, yaml.SequenceNode):
            for item in value.value:
                lines = {"": item.start_mark.line + 1}
                if isinstance(item, yaml.MappingNode):
                    lines |= {str(inner.value): inner.start_mark.line + 1 for inner, _ in item.value}
                found.append(lines)
    return found
