"""YAML in which a time stays the text that was written, as the API takes it, and nothing is given twice."""

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
        """Refuse a name that is given twice: the first value would be lost without a word."""
        seen: set[str] = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen and key.tag != _MERGE:
                raise yaml.MarkedYAMLError(None, None, f"{key.value!r} is given twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def load_yaml(text: str) -> Any:
    """Return what a text holds, in terms of JSON; raises `yaml.YAMLError`."""
    return yaml.load(text, Loader=_PlainLoader)  # noqa: S506 - a SafeLoader


def lines_of_list(text: str, name: str) -> list[dict[str, int]]:
    """Return for each mapping of the list `name` its line, as "", and those of its keys; lines count from 1."""
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
