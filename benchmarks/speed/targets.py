"""Targets, and the bounds beyond which a figure counts as a regression. Mostly ratios, because machines differ."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.speed.scenes import ONE_FACE, PHONE, TWO_FACES

Figures = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """`read` gets the figure from a run. It should be at most (or at least) `goal`, and never worse than `bound`."""

    name: str
    read: Callable[[Figures], float]
    goal: float
    bound: float | None = None
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """A target, the measured figure, and the verdict in a word."""

    name: str
    measured: float
    target: str
    word: str
    regressed: bool


TARGETS = (
    *(
        target
        for scene in (ONE_FACE, TWO_FACES)
        for target in (
            Target(f"times stock, {scene}", lambda it, s=scene: it["answer"][s]["times_stock"], 20, 4, at_least=True),
            Target(
                f"p50 in ms, {scene}", lambda it, s=scene: it["answer"][s]["contenders"]["ours, over HTTP"]["p50"], 45
            ),
            Target(f"p99 to p50, {scene}", lambda it, s=scene: it["answer"][s]["tail"], 2.5),
            Target(
                f"overhead to the bare networks, {scene}", lambda it, s=scene: it["answer"][s]["overhead"], 1.3, 2.5
            ),
        )
    ),
    Target(
        "12 megapixels to 720p",
        lambda it: (
            it["answer"][PHONE]["contenders"]["ours, over HTTP"]["p50"]
            / it["answer"][ONE_FACE]["contenders"]["ours, over HTTP"]["p50"]
        ),
        2.5,
        3.5,
    ),
    Target("ready after, s", lambda it: it["start"]["ready after, s"], 2),
    Target("memory resident, MB", lambda it: it["start"]["memory resident, MB"], 500, 650),
    Target("cold slot, ms more", lambda it: it["start"]["cold slot more than a warm one, ms"], 100),
    Target("twice saturated: accepted to one caller", lambda it: it["load"]["accepted p50 to one caller's"], 2, 3),
    Target("bulk, times stock", lambda it: it["bulk"]["times stock"], 40, 5, at_least=True),
    Target("bulk, cores busy", lambda it: it["bulk"]["cores busy, share"], 0.9, at_least=True),
    Target("search among 300, to the fastest rival", lambda it: _to_fastest(it["search"]["300 people"]), 1, 2),
)


def judge(figures: Figures) -> list[Verdict]:
    """The verdict on every target whose part was measured."""
    return [_judge(target, figures) for target in TARGETS if _measured(target, figures)]


def _measured(target: Target, figures: Figures) -> bool:
    try:
        target.read(figures)
    except KeyError:
        return False
    return True


def _judge(target: Target, figures: Figures) -> Verdict:
    measured = target.read(figures)
    sign = -1 if target.at_least else 1
    reached = sign * measured <= sign * target.goal
    regressed = target.bound is not None and sign * measured > sign * target.bound
    word = "regressed" if regressed else "reached" if reached else "not reached"
    return Verdict(target.name, measured, f"{'≥' if target.at_least else '≤'} {target.goal:g}", word, regressed)


def _to_fastest(rows: Mapping[str, Mapping[str, Any]]) -> float:
    rivals = [row["ms, median"] for name, row in rows.items() if name != "ours"]
    return float(rows["ours"]["ms, median"] / min(rivals))
