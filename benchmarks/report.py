"""Statistics, and tables in Markdown."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

_lines: list[str] = []


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """The 50th, 95th and 99th percentile, and the minimum."""
    p50, p95, p99 = np.percentile(values, [50, 95, 99]).tolist()
    return {"p50": p50, "p95": p95, "p99": p99, "least": min(values)}


def ratio(times: Sequence[float], to: Sequence[float]) -> float:
    """The median ratio over the rounds. In each, both were measured within seconds, so that other load cancels out."""
    if len(times) == len(to):
        return float(np.median(np.divide(times, to)))
    return float(np.median(times) / np.median(to))


def print_table(title: str, rows: Mapping[str, Mapping[str, Any]]) -> None:
    """Print a Markdown table, with a column for each key of the first row, and keep it for `printed`."""
    if not rows:
        return
    columns = list(next(iter(rows.values())))
    lines = ["", f"| {title} | {' | '.join(columns)} |", f"|{' --- |' * (len(columns) + 1)}"]
    lines += [f"| {name} | {' | '.join(_word(row.get(column)) for column in columns)} |" for name, row in rows.items()]
    _lines.extend(lines)
    print(*lines, sep="\n", flush=True)


def printed() -> str:
    """All tables printed so far."""
    return "\n".join(_lines).lstrip() + "\n"


def _word(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.0f}" if value >= 1000 else f"{value:.3g}"
    return str(value)
