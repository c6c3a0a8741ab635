"""Three nights on one stage, and one that is killed all the time on another: what came of them."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta

from benchmarks.night.checking import Check, Judge
from benchmarks.night.contents import contents, differences
from benchmarks.night.costs import Costs, costs, whom
from benchmarks.night.indexing import Account
from benchmarks.night.killing import Kill, kill_often, repeated_after
from benchmarks.night.replicas import Request
from benchmarks.night.stage import Stage


@dataclass(frozen=True, slots=True)
class Story:
    """What happened: see the fields' names. `strangers` were asked about and are in nothing that is on."""

    first: Account
    first_costs: Costs
    checks: Mapping[str, Check]
    strangers: set[int]
    split: int
    on_screen: int
    second: Account
    second_requests: list[Request]
    changed_by_second: list[str]
    next_day: Account
    next_day_checks: Mapping[str, Check]
    next_day_costs: Costs
    asked_again_on_next_day: set[int]
    kills: list[Kill]
    repeated: list[int]
    changed_by_kills: dict[str, tuple[list[str], list[str]]]
    unexpected: list[str]


def tell(stage: Stage, other: Stage, day: date, *, seed: int = 1, pause_s: float) -> Story:
    """Let it all happen: the nights about the day and the day after, and the killed one at the same time."""
    with ThreadPoolExecutor(1) as beside:
        suffering = beside.submit(_killed, other, day, seed, pause_s)
        first = stage.index(day)
        asked, judge = stage.replicas.forget(), Judge(stage, day)
        checks, seen, on_screen = judge.everything(), judge.may_be_asked_about(), len(judge.on_screen())
        split, stored = len(judge.split()), contents(stage)
        stage.let_a_day_pass()
        second = stage.index(day)
        again, after = stage.replicas.forget(), contents(stage)
        stage.let_a_day_pass()
        tomorrow = day + timedelta(days=1)
        next_day = stage.index(tomorrow)
        judge = Judge(stage, tomorrow)
        newcomers = judge.may_be_asked_about() - seen
        namesakes = {stage.world.people[number].name for number in newcomers}
        kills, repeated, finished = suffering.result()
    new_requests = stage.replicas.forget()
    asked_again = {number for request in new_requests if (number := whom(request)) is not None} - newcomers
    return Story(
        first=first,
        first_costs=costs(asked),
        checks=checks,
        strangers={number for request in asked if (number := whom(request)) is not None} - seen,
        split=split,
        on_screen=on_screen,
        second=second,
        second_requests=again,
        changed_by_second=sorted(differences(stored, after)),
        next_day=next_day,
        next_day_checks=judge.everything(),
        next_day_costs=costs(new_requests),
        asked_again_on_next_day={number for number in asked_again if stage.world.people[number].name not in namesakes},
        kills=kills,
        repeated=repeated,
        changed_by_kills=differences(stored, finished),
        unexpected=stage.replicas.unexpected + other.replicas.unexpected,
    )


def _killed(stage: Stage, day: date, seed: int, pause_s: float) -> tuple[list[Kill], list[int], dict[str, list[str]]]:
    kills = kill_often(stage, day, seed=seed, pause_s=pause_s)
    stage.index(day)
    return kills, repeated_after(stage, kills), contents(stage)
