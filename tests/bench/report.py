"""Output of a measure: one JSON object a line."""

import json


def report(measure: str, value: float, unit: str, limit: float | None = None, *, of: str | None = None) -> None:
    """Print a measure, and the machine's limit as measured in the same run; `of` names its part, if it has several."""
    most = None if limit is None else _round(limit)
    named = {"measure": measure} if of is None else {"measure": measure, "of": of}
    print(json.dumps({**named, "value": _round(value), "unit": unit, "limit": most}), flush=True)


def _round(value: float) -> float:
    return float(f"{value:.4g}")


def percentile(values: list[float], share: float) -> float:
    """Return the percentile `share` (0 to 1) of the values, by nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
