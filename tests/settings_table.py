"""Writes the documentation's table of settings from the fields of `Settings`: `make settings-table`."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, MinLen
from pydantic.fields import FieldInfo

from backend.settings import Settings

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "settings.md"
_BEGIN = "<!-- The table is generated from backend/settings.py: make settings-table -->\n"
_END = "<!-- end of the generated table -->\n"


def settings_table() -> str:
    """Return the table of all settings, in the order of the fields."""
    rows = [_row(name, field) for name, field in Settings.model_fields.items()]
    return "\n".join(["| variable | default | range | meaning |", "| --- | --- | --- | --- |", *rows]) + "\n"


def with_table(text: str) -> str:
    """Return the page's text with the table as it should be; raises `ValueError` where the markers are missing."""
    before, begin, rest = text.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"{PAGE} must contain {_BEGIN.strip()} and {_END.strip()}")
    return before + begin + settings_table() + end + after


def _row(name: str, field: FieldInfo) -> str:
    meaning = " ".join((field.description or "").split())
    unit = " s" if name.endswith("_seconds") else ""
    if get_origin(field.annotation) is dict:
        return f"| `TASKDECK_{name.upper()}_<NAME>` |  |  | {meaning} |"
    if field.default is None:
        default = ""
    elif isinstance(field.default, float):
        default = f"{field.default:g}{unit}"
    else:
        default = f"{field.default}{unit}"
    return f"| `TASKDECK_{name.upper()}` | {default} | {allowed_range(field)} | {meaning} |"


def allowed_range(field: FieldInfo) -> str:
    """Return the values that a setting may have, or an empty text where every value of its type may be."""
    if get_origin(field.annotation) is Literal:
        return ", ".join(f"`{choice}`" for choice in get_args(field.annotation))
    return ", ".join(_limits(field.metadata))


def _limits(metadata: Iterable[object]) -> Iterable[str]:
    for limit in metadata:
        match limit:
            case Ge(ge=least):
                yield f"≥ {least}"
            case Gt(gt=bound):
                yield f"> {bound}"
            case Le(le=most):
                yield f"≤ {most}"
            case MinLen(min_length=length):
                yield f"≥ {length} characters"


def main() -> None:
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
