"""A check of a plug-in, and how it came out."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """What must hold, as a sentence. `run` raises `AssertionError` with what was found instead."""

    sentence: str
    run: Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A check and what was found instead; empty where it holds."""

    sentence: str
    found: str = ""


async def outcomes(checks: Sequence[Check]) -> list[Outcome]:
    """Run checks one after the other, and return how each came out."""
    done = []
    for check in checks:
        try:
            await check.run()
        except AssertionError as error:
            done.append(Outcome(check.sentence, str(error) or "it does not hold"))
        except Exception as error:  # noqa: BLE001 - a plug-in may raise anything
            done.append(Outcome(check.sentence, f"{type(error).__name__}: {error}"))
        else:
            done.append(Outcome(check.sentence))
    return done


def require(holds: object, found: str) -> None:
    """Raise `AssertionError` with what was found unless something holds."""
    if not holds:
        raise AssertionError(found)
