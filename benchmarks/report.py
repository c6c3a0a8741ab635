"""Figures as tables."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

_lines: list[str] = []


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """The 50th, 95th and 99th percentile, and the least."""
    p50, p95, p99 = np.percentile(values, [50, 95, 99]).tolist()
    return {"p50": p50, "p95": p95, "p99": p99, "least": min(values)}


def ratio(times: Sequence[float], to: Sequence[float]) -> float:
    """The median over the rounds, in which both were asked within a second or two, whatever the machine then did."""
    if len(times) == len(to):
        return float(np.median(np.divide(times, to)))
    return float(np.median(times) / np.median(to))


def print_table(title: str, rows: Mapping[str, Mapping[str, Any]]) -> None:
    """A Markdown table: a row per key, a column per key of the first row. Remembered for `printed`."""
    if not rows:
        return
    columns = list(next(iter(rows.values())))
    lines = ["", f"| {title} | {' | '.join(columns)} |", f"|{' --- |' * (len(columns) + 1)}"]
    lines += [f"| {name} | {' | '.join(_word(row.get(column)) for column in columns)} |" for name, row in rows.items()]
    _lines.extend(lines)
    print(*lines, sep="\n", flush=True)


def printed() -> str:
    """All tables so far."""
    return "\n".join(_lines).lstrip() + "\n"


def _word(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.0f}" if value >= 1000 else f"{value:.3g}"
    return str(value)
