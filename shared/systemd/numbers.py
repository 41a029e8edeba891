"""Sets of numbers as cron and systemd write them."""

from shared.schedule.number_shapes import Shape


def as_cron(numbers: tuple[int, ...], low: int, high: int) -> str:
    """Return a field of cron: `*`, `*/5`, `1-5`, or a list of numbers and ranges."""
    shape = Shape(numbers, low, high - low + 1)
    if shape.is_all:
        return "*"
    if shape.step is not None and shape.first == low and shape.last + shape.step > high:
        return f"*/{shape.step}"
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in shape.stretches())


def as_systemd(numbers: tuple[int, ...], low: int, high: int) -> str:
    """Return a component of a calendar expression: `*`, `00/5`, `01..05`, or a list."""
    shape = Shape(numbers, low, high - low + 1)
    if shape.is_all:
        return "*"
    if shape.step is not None and shape.step > 1 and shape.last + shape.step > high:
        return f"{shape.first:02}/{shape.step}"
    return ",".join(f"{first:02}" if first == last else f"{first:02}..{last:02}" for first, last in shape.stretches())
