"""YAML in which a time stays the text that was written, as the API takes it."""

from typing import Any

import yaml

_TIMESTAMP = "tag:yaml.org,2002:timestamp"


class _PlainLoader(yaml.SafeLoader):
    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != _TIMESTAMP]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def load_yaml(text: str) -> Any:
    """Return what a text holds, in terms of JSON; raises `yaml.YAMLError`."""
    return yaml.load(text, Loader=_PlainLoader)  # noqa: S506 - a SafeLoader
