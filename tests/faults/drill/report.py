"""The table that a drill prints."""

from dataclasses import dataclass

from tests.faults.drill.audit import Verdict

TITLES = ("fault", "injected", "runs", "lost", "doubled", "recover s", "holds")


@dataclass(frozen=True, slots=True)
class Row:
    """One fault; `failures` are the broken promises."""

    fault: str
    injected: int
    verdict: Verdict
    recovered: tuple[float, ...]
    failures: tuple[str, ...]
    notes: str = ""

    @property
    def holds(self) -> bool:
        """Whether all promises held."""
        return not self.failures

    def cells(self) -> tuple[str, ...]:
        """Return the cells of the row."""
        times = sorted(self.recovered)
        seconds = f"{times[len(times) // 2]:.1f} … {times[-1]:.1f}" if times else "–"
        return (
            self.fault,
            str(self.injected),
            str(self.verdict.runs),
            str(self.verdict.lost),
            str(self.verdict.doubled),
            seconds,
            "yes" if self.holds else "NO",
        )


def table(rows: list[Row]) -> str:
    """Return the rows as text, with the median and the maximum of the times to recover."""
    lines = [TITLES, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(TITLES))]
    text = [" | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    text.insert(1, "-|-".join("-" * width for width in widths))
    for row in rows:
        if row.notes:
            text.append(f"{row.fault}: {row.notes}")
        text.extend(f"{row.fault}: DOES NOT HOLD: {failure}" for failure in row.failures)
    return "\n".join(text)
