"""Figures as tables."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """The 50th, 95th and 99th percentile, and the least."""
    p50, p95, p99 = np.percentile(values, [50, 95, 99]).tolist()
    return {"p50": p50, "p95": p95, "p99": p99, "least": min(values)}


def print_table(title: str, rows: Mapping[str, Mapping[str, Any]]) -> None:
    """A Markdown table: a row per key, a column per key of the first row."""
    if not rows:
        return
    columns = list(next(iter(rows.values())))
    print(f"\n| {title} | {' | '.join(columns)} |\n|{' --- |' * (len(columns) + 1)}")
    for name, row in rows.items():
        print(f"| {name} | {' | '.join(_word(row.get(column)) for column in columns)} |")


def _word(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.0f}" if value >= 1000 else f"{value:.3g}"
    return str(value)
