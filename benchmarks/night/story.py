"""Three nights on one stage, and one that is killed all the time on another: what came of them."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta

from benchmarks.night.checking import Check, Judge
from benchmarks.night.contents import Contents, contents, differences
from benchmarks.night.costs import Costs, costs, whom
from benchmarks.night.indexing import Account
from benchmarks.night.killing import Kill, kill_often, repeated_after
from benchmarks.night.replicas import Request
from benchmarks.night.stage import Stage

IN_FLIGHT = 9
"""Requests that may be on their way at once: of eight workers, and of the one who hands out the work."""


@dataclass(frozen=True, slots=True)
class Nights:
    """A night, a second one about the same day, and one about the next day, on which a little is new.

    `stored` is what the first one left. `strangers` were asked about, and are in nothing that is on; `split` humans
    are two people in the index.
    """

    first: Account
    first_costs: Costs
    checks: Mapping[str, Check]
    stored: Contents
    on_screen: int
    split: int
    strangers: set[int]
    second: Account
    second_requests: Sequence[Request]
    changed_by_second: Sequence[str]
    next_day: Account
    next_day_checks: Mapping[str, Check]
    next_day_costs: Costs
    asked_again_on_next_day: set[int]
    unexpected: Sequence[str]


@dataclass(frozen=True, slots=True)
class Ordeal:
    """A night that was killed: how many requests each kill cost, and what it left in the end."""

    kills: Sequence[Kill]
    repeated: Sequence[int]
    stored: Contents


def tell(stage: Stage, other: Stage, day: date, *, seed: int = 1, pause_s: float) -> tuple[Nights, Ordeal]:
    """The nights about the day and the day after, and the killed one at the same time."""
    with ThreadPoolExecutor(1) as beside:
        ordeal = beside.submit(suffer, other, day, seed=seed, pause_s=pause_s)
        return nights(stage, day), ordeal.result()


def suffer(stage: Stage, day: date, *, seed: int, pause_s: float) -> Ordeal:
    """A night killed in each of its jobs."""
    kills = kill_often(stage, day, seed=seed, pause_s=pause_s)
    stage.index(day)
    return Ordeal(kills, repeated_after(stage, kills), contents(stage))


def nights(stage: Stage, day: date) -> Nights:
    """Three nights."""
    first = stage.index(day)
    asked, judge = stage.replicas.forget(), Judge(stage, day)
    checks, seen, on_screen, split = judge.everything(), judge.may_be_asked_about(), judge.on_screen(), judge.split()
    stored = contents(stage)
    stage.let_a_day_pass()
    second = stage.index(day)
    second_requests, changed = stage.replicas.forget(), differences(stored, contents(stage))
    stage.let_a_day_pass()
    next_day = stage.index(day + timedelta(days=1))
    new_requests, judge = stage.replicas.forget(), Judge(stage, day + timedelta(days=1))
    return Nights(
        first=first,
        first_costs=costs(asked),
        checks=checks,
        stored=stored,
        on_screen=len(on_screen),
        split=len(split),
        strangers=_asked_about(asked) - seen,
        second=second,
        second_requests=second_requests,
        changed_by_second=sorted(changed),
        next_day=next_day,
        next_day_checks=judge.everything(),
        next_day_costs=costs(new_requests),
        asked_again_on_next_day=_asked_about(new_requests) - _concerned(stage, judge.may_be_asked_about() - seen),
        unexpected=stage.replicas.unexpected,
    )


def _asked_about(requests: Sequence[Request]) -> set[int]:
    return {number for request in requests if (number := whom(request)) is not None}


def _concerned(stage: Stage, newcomers: set[int]) -> set[int]:
    """Those who are new, and those from whom they must be told apart."""
    names = {stage.world.people[number].name for number in newcomers}
    return {human.number for human in stage.world.people if human.name in names}


def faults(story: Nights, ordeal: Ordeal) -> Iterator[str]:
    """What is not as it must be: something not found, asked twice, changed by a kill."""
    for day, checks in (("first night", story.checks), ("next day", story.next_day_checks)):
        yield from (f"{day}: {len(check.wrong)} {what} wrong" for what, check in checks.items() if check.wrong)
        yield from (f"{day}: no {what} to compare" for what, check in checks.items() if not check.compared)
    second = [(request.host, request.status) for request in story.second_requests]
    asked = [request.target for request in story.second_requests[:5]]
    found = {
        "the first night was incomplete": not story.first.complete,
        "strangers asked about": story.strangers,
        "requests that no world answers": story.unexpected,
        "requests repeated in the first night": story.first_costs.repeated,
        f"the second night asked more than whether the guide changed: {asked}": second != [("guide", 304)],
        f"the second night changed {story.changed_by_second}": story.changed_by_second,
        "people asked about again on the next day": story.asked_again_on_next_day,
        "a kill repeated more than was on its way": max(ordeal.repeated) > IN_FLIGHT,
        "kills changed what is stored": differences(story.stored, ordeal.stored),
    }
    yield from (fault for fault, is_so in found.items() if is_so)
