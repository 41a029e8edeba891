"""Writes README's table of settings from the fields of `Settings`: `make settings-table`."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, MinLen
from pydantic.fields import FieldInfo

from backend.settings import Settings

README = Path(__file__).parent.parent / "README.md"
_BEGIN = "<!-- The table is generated from backend/settings.py: make settings-table -->\n"
_END = "<!-- end of the generated table -->\n"


def settings_table() -> str:
    """Return the table of all settings, in the order of the fields."""
    rows = [_row(name, field) for name, field in Settings.model_fields.items()]
    return "\n".join(["| variable | default | range | meaning |", "| --- | --- | --- | --- |", *rows]) + "\n"


def with_table(text: str) -> str:
    """Return README's text with the table as it should be; raises `ValueError` where the markers are missing."""
    before, begin, rest = text.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"README.md must contain {_BEGIN.strip()} and {_END.strip()}")
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
    return f"| `TASKDECK_{name.upper()}` | {default} | {_range(field)} | {meaning} |"


def _range(field: FieldInfo) -> str:
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
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
