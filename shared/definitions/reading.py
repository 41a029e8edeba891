"""Reads files of definitions, and says where in them an error is."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from shared.errors import FieldError, ValidationFailedError
from shared.folders import normal_folder
from shared.models.definitions import Section
from shared.plain_yaml import Place, load_yaml, places_of

_ITEM = re.compile(r"(?P<section>[a-z_]+)\.(?P<position>\d+)(?:\.(?P<field>.+))?", re.DOTALL)
_EXTENSION = "x-"
"""Begins the name of what a file has for itself, such as parts that its anchors refer to."""


@dataclass(frozen=True, slots=True)
class DefinitionsFile:
    """What a file defines, in its order; `source` is its name in errors."""

    source: str
    text: str
    sections: Mapping[Section, list[dict[str, Any]]]


def read_definitions(text: str, *, source: str) -> DefinitionsFile:
    """Return what a file defines; raises `ValidationFailedError` with file, line and column of each problem."""
    try:
        content = load_yaml(text)
    except yaml.YAMLError as error:
        raise ValidationFailedError(_not_yaml(error, source)) from error
    if content is None:
        content = {}
    if not isinstance(content, dict):
        raise ValidationFailedError(f"{source}:1:1: must contain lists such as tasks:, each entry with a name")
    problems = list(_form_problems(content))
    if not problems:
        sections = {section: content.get(section.value) or [] for section in Section}
        problems = [found for section, items in sections.items() for found in _item_problems(section, items)]
    if problems:
        places = places_of(text)
        raise ValidationFailedError.of_fields(
            [FieldError(_written(source, _nearest(places, path)), problem) for path, problem in problems]
        )
    for items in sections.values():
        for item in items:
            _as_saved(item)
    return DefinitionsFile(source, text, sections)


def joined(files: Sequence[DefinitionsFile]) -> dict[Section, list[dict[str, Any]]]:
    """Return what several files define together; raises `ValidationFailedError` for a name that two of them have."""
    first: dict[tuple[Section, str], str] = {}
    errors: list[FieldError] = []
    for file in files:
        for section, items in file.sections.items():
            for position, item in enumerate(items):
                other = first.setdefault((section, item["name"]), file.source)
                if other != file.source:
                    place = _nearest(places_of(file.text), f"{section}.{position}")
                    errors.append(FieldError(_written(file.source, place), f"{item['name']} is in {other} too"))
    if errors:
        raise ValidationFailedError.of_fields(errors)
    return {section: [item for file in files for item in file.sections[section]] for section in Section}


def with_places(errors: Sequence[FieldError], files: Sequence[DefinitionsFile]) -> list[FieldError]:
    """Return errors of applying the joined files with file, line, column and name in place of `tasks.3`."""
    places = {file.source: places_of(file.text) for file in files}
    return [_with_place(error, files, places) for error in errors]


def _with_place(
    error: FieldError, files: Sequence[DefinitionsFile], places: Mapping[str, Mapping[str, Place]]
) -> FieldError:
    found = _ITEM.fullmatch(error.field)
    if found is None or found["section"] not in tuple(Section):
        return error
    section, position = Section(found["section"]), int(found["position"])
    for file in files:
        items = file.sections[section]
        if position < len(items):
            path = f"{section}.{position}" + (f".{found['field']}" if found["field"] else "")
            written = _written(file.source, _nearest(places[file.source], path))
            name = str(items[position]["name"])
            return FieldError(": ".join([written, name, *([found["field"]] if found["field"] else [])]), error.message)
        position -= len(items)
    return error


def _written(source: str, place: Place) -> str:
    return f"{source}:{place.line}:{place.column}"


def _nearest(places: Mapping[str, Place], path: str) -> Place:
    """Return the place of a value, or else of what holds it: a path may be longer than what is written."""
    while path and path not in places:
        path = path.rpartition(".")[0]
    return places.get(path, Place(1, 1))


def _not_yaml(error: yaml.YAMLError, source: str) -> str:
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return f"{source} is not YAML: {error}"
    words = [getattr(error, name, None) for name in ("context", "problem")]
    return f"{source}:{mark.line + 1}:{mark.column + 1}: this is not YAML: {', '.join(word for word in words if word)}"


def _form_problems(content: Mapping[Any, Any]) -> Iterator[tuple[str, str]]:
    """Yield paths and problems of the lists themselves."""
    known = ", ".join(f"{section}:" for section in Section)
    for key, value in content.items():
        if str(key).startswith(_EXTENSION):
            continue
        if key not in tuple(Section):
            yield str(key), f"{key}: is not known; a file has {known} and what begins with {_EXTENSION}"
        elif value is not None and not (isinstance(value, list) and all(isinstance(item, dict) for item in value)):
            yield str(key), f"{key}: must be a list, each entry with at least a name"


def _item_problems(section: Section, items: Sequence[Mapping[Any, Any]]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with entries before their fields are checked."""
    names: set[str] = set()
    what = section.value.removesuffix("s").replace("_", " ")
    for position, item in enumerate(items):
        path = f"{section}.{position}"
        name = item.get("name")
        if not isinstance(name, str) or not name.strip():
            yield path, f"{what} {position + 1} has no name"
            continue
        if name.strip() in names:
            yield path, f"two {section.value.replace('_', ' ')} are named {name.strip()!r}"
        names.add(name.strip())
        for field, value in item.items():
            if (problem := _json_problem({field: value})) is not None:
                yield (
                    f"{path}.{field}",
                    f"{name.strip()}: {field} is not a text, a number, true, false, null, a list or a map: {problem}",
                )


def _json_problem(value: object) -> str | None:
    """Return why a value is none that JSON has, such as `.inf`, `!!binary` or an alias in itself; None if it is one."""
    try:
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        return str(error)
    return None


def _as_saved(item: dict[str, Any]) -> None:
    """Write fields as they are saved: otherwise each further application would find a difference."""
    for field, normal in (("name", str.strip), ("folder", normal_folder), ("schedule", str.strip)):
        if isinstance(item.get(field), str):
            item[field] = normal(item[field])
