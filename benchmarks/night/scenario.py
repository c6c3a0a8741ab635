"""The scenario: three nights on one sandbox, and on another a night that is killed again and again."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta

from benchmarks.night.checks import Check, Checker
from benchmarks.night.costs import Costs, costs, subject_of
from benchmarks.night.indexing import NightResult
from benchmarks.night.kills import Kill, kill_often, repeated_after
from benchmarks.night.replicas import Request
from benchmarks.night.sandbox import Sandbox
from benchmarks.night.snapshot import Snapshot, differences, take_snapshot

IN_FLIGHT = 9
"""The most requests that can be in flight at once: of eight workers, and of the thread that hands out the work."""


@dataclass(frozen=True, slots=True)
class Nights:
    """The figures of three nights: the first, a second for the same day, and one for the next day with a few new films.

    `stored` is the snapshot after the first night. `strangers` are humans who were asked about but are not on screen;
    `split` is the number of humans who are two people in the index.
    """

    first: NightResult
    first_costs: Costs
    checks: Mapping[str, Check]
    stored: Snapshot
    on_screen: int
    split: int
    strangers: set[int]
    second: NightResult
    second_requests: Sequence[Request]
    changed_by_second: Sequence[str]
    next_day: NightResult
    next_day_checks: Mapping[str, Check]
    next_day_costs: Costs
    asked_again_on_next_day: set[int]
    unexpected: Sequence[str]


@dataclass(frozen=True, slots=True)
class KilledNight:
    """A night that was killed: how many requests each kill repeated, and the snapshot in the end."""

    kills: Sequence[Kill]
    repeated: Sequence[int]
    stored: Snapshot


def run_scenario(
    sandbox: Sandbox, other: Sandbox, day: date, *, seed: int = 1, pause_s: float
) -> tuple[Nights, KilledNight]:
    """Run the three nights, and the killed one on the other sandbox at the same time."""
    with ThreadPoolExecutor(1) as background:
        killed = background.submit(run_with_kills, other, day, seed=seed, pause_s=pause_s)
        return run_nights(sandbox, day), killed.result()


def run_with_kills(sandbox: Sandbox, day: date, *, seed: int, pause_s: float) -> KilledNight:
    """Run a night that is killed in each of its jobs, and then once more to the end."""
    kills = kill_often(sandbox, day, seed=seed, pause_s=pause_s)
    sandbox.index(day)
    return KilledNight(kills, repeated_after(sandbox, kills), take_snapshot(sandbox))


def run_nights(sandbox: Sandbox, day: date) -> Nights:
    """Run three nights, and check what they stored."""
    first = sandbox.index(day)
    asked, checker = sandbox.replicas.take_requests(), Checker(sandbox, day)
    checks, seen = checker.everything(), checker.may_be_asked_about()
    on_screen, split = checker.on_screen(), checker.split()
    stored = take_snapshot(sandbox)
    sandbox.age_cache_by_a_day()
    second = sandbox.index(day)
    second_requests, changed = sandbox.replicas.take_requests(), differences(stored, take_snapshot(sandbox))
    sandbox.age_cache_by_a_day()
    next_day = sandbox.index(day + timedelta(days=1))
    new_requests, checker = sandbox.replicas.take_requests(), Checker(sandbox, day + timedelta(days=1))
    newcomers = _with_namesakes(sandbox, checker.may_be_asked_about() - seen)
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
        next_day_checks=checker.everything(),
        next_day_costs=costs(new_requests),
        asked_again_on_next_day=_asked_about(new_requests) - newcomers,
        unexpected=sandbox.replicas.unexpected,
    )


def _asked_about(requests: Sequence[Request]) -> set[int]:
    return {number for request in requests if (number := subject_of(request)) is not None}


def _with_namesakes(sandbox: Sandbox, newcomers: set[int]) -> set[int]:
    """The newcomers and their namesakes, from whom they must be distinguished."""
    names = {sandbox.world.people[number].name for number in newcomers}
    return {human.number for human in sandbox.world.people if human.name in names}


def failures(nights: Nights, killed: KilledNight) -> Iterator[str]:
    """Descriptions of everything that is wrong: not found, asked twice, or changed by a kill."""
    for day, checks in (("first night", nights.checks), ("next day", nights.next_day_checks)):
        yield from (f"{day}: {len(check.wrong)} {what} wrong" for what, check in checks.items() if check.wrong)
        yield from (f"{day}: no {what} to compare" for what, check in checks.items() if not check.compared)
    second = [(request.host, request.status) for request in nights.second_requests]
    asked = [request.target for request in nights.second_requests[:5]]
    found = {
        "the first night was incomplete": not nights.first.complete,
        "strangers asked about": nights.strangers,
        "requests that no world answers": nights.unexpected,
        "requests repeated in the first night": nights.first_costs.repeated,
        f"the second night asked more than whether the guide changed: {asked}": second != [("guide", 304)],
        f"the second night changed {nights.changed_by_second}": nights.changed_by_second,
        "people asked about again on the next day": nights.asked_again_on_next_day,
        "a kill repeated more than was on its way": max(killed.repeated) > IN_FLIGHT,
        "kills changed what is stored": differences(nights.stored, killed.stored),
    }
    yield from (failure for failure, is_so in found.items() if is_so)
