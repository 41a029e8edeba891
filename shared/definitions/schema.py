"""The JSON schema of files of definitions, from the models."""

from typing import Any

from pydantic import TypeAdapter

from shared.models.definitions import DefinitionsRequest, Section

_DIALECT = "http://json-schema.org/draft-07/schema#"
"""What the language servers of YAML know best."""
_VARIABLE = r"\$\{env:[A-Za-z_][A-Za-z0-9_]*\}"


def definitions_schema() -> dict[str, Any]:
    """Return the schema that editors use."""
    whole: dict[str, Any] = TypeAdapter(DefinitionsRequest).json_schema(ref_template="#/definitions/{model}")
    sections = {section.value: _or_null(whole["properties"][section.value]) for section in Section}
    schema: dict[str, Any] = {
        "$schema": _DIALECT,
        "title": "Taskdeck definitions",
        "description": "Tasks and what they refer to, for taskdeck apply.",
        "type": "object",
        "properties": sections,
        "patternProperties": {"^x-": {}},
        "additionalProperties": False,
        "definitions": whole["$defs"],
    }
    for section in Section:
        entry = _entry(schema, section)
        entry["required"] = sorted({*entry.get("required", []), "name"})
    _allow_variables(_entry(schema, Section.CHANNELS))
    return schema


def _or_null(section: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a list that may also be empty, as in `tasks:` alone."""
    return {key: value for key, value in section.items() if key != "default"} | {"type": ["array", "null"]}


def _entry(schema: dict[str, Any], section: Section) -> dict[str, Any]:
    """Return the schema of the entries of a section, which is in place or among the definitions."""
    entry: dict[str, Any] = schema["properties"][section.value]["items"]
    return schema["definitions"][entry["$ref"].rpartition("/")[2]] if "$ref" in entry else entry


def _allow_variables(channel: dict[str, Any]) -> None:
    """Allow variables in the address of a channel, which `taskdeck apply` replaces before it sends it."""
    for one in channel["properties"]["url"]["anyOf"]:
        if "pattern" in one:
            one["pattern"] += f"|{_VARIABLE}"
