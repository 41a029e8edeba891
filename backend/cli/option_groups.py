"""Options that several commands have, stated once as the fields of a dataclass."""

import dataclasses
import functools
import inspect
from collections.abc import Callable
from typing import Any, get_type_hints

Command = Callable[..., None]


def with_options(kind: type[Any], *, parameter: str) -> Callable[[Command], Command]:
    """Give a command one option for each field of a dataclass, which it gets as one parameter."""
    hints = get_type_hints(kind, include_extras=True)
    fields = dataclasses.fields(kind)

    def decorate(command: Command) -> Command:
        signature = inspect.signature(command, eval_str=True)
        parameters = [
            inspect.Parameter(
                field.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=inspect.Parameter.empty if field.default is dataclasses.MISSING else field.default,
                annotation=hints[field.name],
            )
            for field in fields
        ]
        own = [
            one.replace(kind=inspect.Parameter.KEYWORD_ONLY)
            for one in signature.parameters.values()
            if one.name != parameter
        ]

        @functools.wraps(command)
        def called(**values: Any) -> None:
            options = kind(**{field.name: values.pop(field.name) for field in fields})
            command(**values, **{parameter: options})

        combined = signature.replace(parameters=[*own, *parameters])
        called.__signature__ = combined  # type: ignore[attr-defined]
        called.__annotations__ = {name: one.annotation for name, one in combined.parameters.items()}
        return called

    return decorate
