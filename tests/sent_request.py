"""Whether a request, as it was sent, is one that the OpenAPI document allows."""

import json
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

import jsonschema_rs

Document = dict[str, Any]
Fits = Callable[[object], bool]


class SentRequests:
    """The requests which a document allows.

    A generator damages a value before it is written to the address: the list `["a"]` in place of the text `a` is the
    same address. A body that one branch of its schema allows and another does not is damaged for the branch alone.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._fits = cache(self._validator)

    def allows(self, method: str, path: str, url: str, body: bytes | None) -> bool:
        """Whether the operation of a method and a path template takes the parameters and the body of a request."""
        operation = self._document["paths"][path][method.lower()]
        return self._takes_parameters(operation, path, url) and self._takes_body(operation, method, path, body)

    def _takes_parameters(self, operation: Document, path: str, url: str) -> bool:
        address = urlsplit(url)
        query = parse_qs(address.query, keep_blank_values=True)
        sent = {("query", name): values for name, values in query.items()}
        sent |= {("path", name): [value] for name, value in _path_values(path, address.path)}
        known = {(one["in"], one["name"]): one for one in operation.get("parameters", ()) if one["in"] != "header"}
        if any(one.get("required") and place not in sent for place, one in known.items()):
            return False
        return all(
            place in known and any(self._fits(_written(known[place]["schema"]))(value) for value in _meanings(values))
            for place, values in sent.items()
        )

    def _takes_body(self, operation: Document, method: str, path: str, body: bytes | None) -> bool:
        described = operation.get("requestBody")
        if described is None or not body:
            return not body if described is None else not described.get("required", False)
        try:
            value = json.loads(body)
        except ValueError:
            return False
        pointer = quote(path.replace("~", "~0").replace("/", "~1"))
        place = f"#/paths/{pointer}/{method.lower()}/requestBody/content"
        return self._fits(_written({"$ref": f"{place}/application~1json/schema"}))(value)

    def _validator(self, schema: str) -> Fits:
        whole = {**self._document, **json.loads(schema)}
        return jsonschema_rs.Draft202012Validator(whole, validate_formats=True).is_valid


def _written(schema: Document) -> str:
    return json.dumps(schema, sort_keys=True)


def _path_values(template: str, path: str) -> Iterator[tuple[str, str]]:
    for name, value in zip(template.split("/"), path.split("/"), strict=False):
        if name.startswith("{"):
            yield name[1:-1], unquote(value)


def _meanings(values: list[str]) -> Iterable[object]:
    """Return what the texts of a parameter may mean: an address has no types."""
    yield [meaning for value in values for meaning in _meaning(value)[-1:]]
    if len(values) == 1:
        yield from _meaning(values[0])


def _meaning(value: str) -> list[object]:
    try:
        number_or_truth = json.loads(value)
    except (ValueError, RecursionError):
        return [value]
    return [number_or_truth, value] if isinstance(number_or_truth, int | float) else [value]
