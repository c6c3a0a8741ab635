"""Plots: SVG without text or style. The HTML around a plot labels and scales it.

Plots stretch to the width of the page, and each has a table of the same figures beside it.
"""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

WIDTH, HEIGHT = 1000.0, 100.0
"""The size in SVG units. Any size would do, since the plot is stretched."""


class Series(NamedTuple):
    """One line or layer. `tone` is a CSS class; a value of None means that it is not known."""

    tone: str
    values: Sequence[float | None]


def sums(values: Sequence[float | None], size: int) -> list[float]:
    """Sums of groups of `size` values, to make columns wide enough to see. The last group is complete, the first may be
    smaller."""
    first = len(values) % size
    parts = [values[:first]] * bool(first) + [values[start : start + size] for start in range(first, len(values), size)]
    return [sum(value or 0 for value in part) for part in parts]


def highest(series: Sequence[Series]) -> float:
    """The highest value, which is the top of a line plot; 1 when no value is above 0."""
    return max((value for one in series for value in one.values if value is not None), default=0) or 1.0


def lines(label: str, series: Sequence[Series]) -> Markup:
    """A line plot: one line for each series over the same evenly spaced moments, scaled from 0 to `highest`."""
    top = highest(series)
    drawn = [_line(one, top) for one in series]
    return _svg("lines", label, drawn)


def columns(label: str, series: Sequence[Series]) -> Markup:
    """A stacked column plot: the series are on top of each other."""
    moments = list(zip(*(one.values for one in series), strict=True))
    top = max((sum(value or 0 for value in moment) for moment in moments), default=0) or 1.0
    step = WIDTH / max(len(moments), 1)
    drawn = []
    for place, moment in enumerate(moments):
        base = HEIGHT
        for one, value in zip(series, moment, strict=True):
            tall = HEIGHT * (value or 0) / top
            base -= tall
            if tall:
                drawn.append(_rect(one.tone, place * step + step * 0.08, base, step * 0.84, tall))
    return _svg("columns", label, drawn)


def strip(label: str, cells: Sequence[tuple[str, str] | None]) -> Markup:
    """A row of cells of equal width, each with a tone and a tooltip; None leaves a gap."""
    step = WIDTH / max(len(cells), 1)
    drawn = [
        _rect(cell[0], place * step + step * 0.06, 0, step * 0.88, HEIGHT, cell[1])
        for place, cell in enumerate(cells)
        if cell is not None
    ]
    return _svg("strip", label, drawn)


def range_bar(label: str, tone: str, start: float, stop: float, *, before: tuple[float, float] | None = None) -> Markup:
    """A bar from `start` to `stop` (as shares of the whole width, 0 to 1), above a thin bar for `before`."""
    drawn = [_rect(tone, start * WIDTH, 0, max((stop - start) * WIDTH, 4), HEIGHT * (0.6 if before else 1))]
    if before:
        drawn.append(_rect("before", before[0] * WIDTH, HEIGHT * 0.72, max((before[1] - before[0]) * WIDTH, 4), 28))
    return _svg("range-bar", label, drawn)


def _line(one: Series, top: float) -> str:
    """The path of a series. It has gaps where values are not known; a single value between gaps is a short dash."""
    step = WIDTH / max(len(one.values) - 1, 1)
    path, pen_is_down = [], False
    for place, value in enumerate(one.values):
        if value is None:
            pen_is_down = False
            continue
        x, y = place * step, HEIGHT - (HEIGHT - 2) * value / top - 1
        path.append(f"L{x:.1f} {y:.1f}" if pen_is_down else f"M{x:.1f} {y:.1f}h2")
        pen_is_down = True
    return f'<path class="{escape(one.tone)}" d="{"".join(path)}"></path>'


def _rect(tone: str, x: float, y: float, width: float, height: float, tooltip: str = "") -> str:
    title = f"<title>{escape(tooltip)}</title>" if tooltip else ""
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect class="{escape(tone)}" {place}>{title}</rect>'


def _svg(kind: str, label: str, shapes: Sequence[str]) -> Markup:
    """The only place that marks text as safe: tones, labels and titles are escaped, everything else is a number."""
    box = f'viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" preserveAspectRatio="none"'
    named = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return Markup(f'<svg class="plot {kind}" {box} {named}>{"".join(shapes)}</svg>')
