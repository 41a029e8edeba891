"""References to secrets in the texts of a task: `${secret:NAME}`."""

import re
from collections.abc import Callable, Iterable

_BEGIN = "${secret:"
_NAME = "[A-Za-z0-9_.-]+"
_REFERENCE = re.compile(rf"\$\{{secret:({_NAME})\}}")


def is_name(text: str) -> bool:
    """Whether a secret of this name can be referred to."""
    return re.fullmatch(_NAME, text) is not None


def names_in(texts: Iterable[str]) -> set[str]:
    """Return the names of the secrets that texts refer to."""
    # Most texts have none, and a command may be long: a search is ten times as fast as the expression.
    return {found[1] for text in texts if _BEGIN in text for found in _REFERENCE.finditer(text)}


def replaced(text: str, value_of: Callable[[str], str]) -> str:
    """Return a text in which each reference is replaced by what `value_of` returns for its name."""
    return _REFERENCE.sub(lambda found: value_of(found[1]), text)
