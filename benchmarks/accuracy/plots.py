"""Two plots as SVG, written directly: too few to depend on a plotting library."""

from collections.abc import Mapping, Sequence
from html import escape

SIDE, MARGIN = 360, 48
COLOURS = ("#0b6e4f", "#d1495b", "#30638e", "#edae49")

Points = Sequence[tuple[float, float]]
Curve = Sequence[tuple[float, float, float]]
"""A value for each rank, between the ends of its 95 % interval: (low, value, high)."""


def reliability_plot(rows: Sequence[tuple[float, float, float]]) -> str:
    """Reliability diagram: share of correct names by stated probability. A point's area is its weight."""
    points = [
        f'<circle cx="{_x(mean):.1f}" cy="{_y(share):.1f}" r="{3 + 14 * weight**0.5:.1f}" fill="{COLOURS[0]}" '
        'fill-opacity="0.7"/>'
        for mean, share, weight in rows
    ]
    diagonal = _line([(0, 0), (1, 1)], "#999", dashed=True)
    return _plot("stated probability", "share of right names", (0, 1), (0, 1), [diagonal, *points])


def match_curve_plot(curves: Mapping[str, Curve], lowest: float = 0.5) -> str:
    """Cumulative match curves: the share of people whose name is among the first names, from rank 1 on."""
    ranks = max(len(curve) for curve in curves.values())
    shapes = []
    for number, (name, curve) in enumerate(curves.items()):
        low, points, high = (
            [(n / (ranks - 1), max(0.0, (share - lowest) / (1 - lowest))) for n, share in enumerate(values)]
            for values in zip(*curve, strict=True)
        )
        colour = COLOURS[number % len(COLOURS)]
        shapes += [_band([*low, *reversed(high)], colour), _line(points, colour)]
        shapes.append(_text(_x(0.98), _y(0.05 + 0.07 * number), name, "end", colour))
    return _plot("rank", "share of people named up to it", (1, ranks), (lowest, 1), shapes, steps=3)


def _plot(
    across: str, up: str, x: tuple[float, float], y: tuple[float, float], shapes: Sequence[str], steps: int = 5
) -> str:
    size = SIDE + 2 * MARGIN
    ticks, across_ticks = ([number / count for number in range(count + 1)] for count in (5, steps))
    grid = [_line([(0, tick), (1, tick)], "#ddd") for tick in ticks]
    labels = [_text(MARGIN - 6, _y(tick) + 4, f"{y[0] + tick * (y[1] - y[0]):.2g}", "end") for tick in ticks]
    labels += [
        _text(_x(tick), size - MARGIN + 16, f"{x[0] + tick * (x[1] - x[0]):.2g}", "middle") for tick in across_ticks
    ]
    labels += [_text(size / 2, size - 10, across, "middle"), _text(MARGIN, MARGIN - 14, up, "start")]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" font-family="sans-serif" font-size="12">'
    )
    background = f'<rect width="{size}" height="{size}" fill="white"/>'
    return "\n".join([head, background, *grid, *labels, *shapes, "</svg>", ""])


def _x(value: float) -> float:
    return MARGIN + SIDE * value


def _y(value: float) -> float:
    return MARGIN + SIDE * (1 - value)


def _band(points: Points, colour: str) -> str:
    return f'<polygon points="{_corners(points)}" fill="{colour}" fill-opacity="0.15"/>'


def _line(points: Points, colour: str, *, dashed: bool = False) -> str:
    dashes = ' stroke-dasharray="5 4"' if dashed else ""
    return f'<polyline points="{_corners(points)}" fill="none" stroke="{colour}" stroke-width="1.5"{dashes}/>'


def _corners(points: Points) -> str:
    return " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in points)


def _text(x: float, y: float, text: str, anchor: str, colour: str = "#222") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(text)}</text>'
