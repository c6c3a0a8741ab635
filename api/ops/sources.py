"""Sources: how each of them answers, how often it is asked, and what to do when it does not answer."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from pydantic import BaseModel

from api.ops.sections import Section
from api.ops.services import Now, Reading
from db.queries.ops.sources import HealthRow, lookup_outcomes, source_health, tallies_since
from db.queries.tallies import SourceHour

section = Section("sources", "Sources")

State: TypeAlias = Literal["ok", "unavailable", "blocked", "changed", "unknown"]

HOURS = 48
"""How many hours of questions are shown."""
OUTCOMES_WITHIN = timedelta(days=14)
"""How far back outcomes are counted: after this long, a programme is asked about again."""
WORST_FIRST: tuple[State, ...] = ("changed", "blocked", "unavailable", "unknown", "ok")

ADVICE: Mapping[State, str] = {
    "ok": "",
    "unavailable": (
        "Wait: the next run asks it again, and its earlier answers are kept. If this lasts for days, open its address "
        "from this machine: it may have moved (`FTA_SOURCE_URLS`), or its key may have expired."
    ),
    "blocked": (
        "It refuses robots or this address, and is not asked again until the next run. Check its key and its terms, "
        "or ask its operator. To stop asking it, remove it from `FTA_SOURCES`."
    ),
    "changed": (
        "Its answers have a form that the parser does not know: the parser must be adapted. Compare a new page with "
        "`tests/recordings`. The earlier answers of the source are kept."
    ),
    "unknown": "It was asked, but no run has recorded its state yet: a run is in progress, or was killed.",
}


class Hour(BaseModel):
    """The questions of one hour; `hour` is its start."""

    hour: datetime
    answered: int = 0
    refused: int = 0
    failed: int = 0


class Outcome(BaseModel):
    """How many questions about programmes or people had this outcome."""

    subject: str
    outcome: str
    questions: int


class Source(BaseModel):
    """A source. `answered`, `refused` and `failed` count the questions of the last 24 hours."""

    name: str
    state: State
    detail: str | None
    advice: str
    checked_at: datetime | None
    last_success_at: datetime | None
    answered: int
    refused: int
    failed: int
    most_per_hour: int
    """The number of questions in the busiest of the hours shown."""
    hours: list[Hour]
    """The last hours without gaps; the current one is last."""
    outcomes: list[Outcome]
    """Its latest answers about the programmes and people of the last two weeks, counted."""


class Sources(BaseModel):
    """All sources. Those with a problem come first."""

    sources: list[Source]


@section.page("sources.html")
def figures(session: Reading, now: Now) -> Sources:
    """The state of each source and how often it was asked."""
    present = now.replace(minute=0, second=0, microsecond=0)
    moments = [present - timedelta(hours=ago) for ago in reversed(range(HOURS))]
    tallies: defaultdict[str, dict[datetime, SourceHour]] = defaultdict(dict)
    for tally in tallies_since(session, moments[0]):
        tallies[tally.source][tally.hour] = tally
    outcomes: defaultdict[str, list[Outcome]] = defaultdict(list)
    for it in lookup_outcomes(session, now - OUTCOMES_WITHIN):
        outcomes[it.source].append(Outcome(subject=it.subject, outcome=it.outcome, questions=it.questions))
    health = {row.source: row for row in source_health(session)}
    sources = [
        _source(
            name, health.get(name), [_hour(moment, tallies[name].get(moment)) for moment in moments], outcomes[name]
        )
        for name in sorted({*health, *tallies, *outcomes})
    ]
    return Sources(sources=sorted(sources, key=lambda source: WORST_FIRST.index(source.state)))


def _source(name: str, health: HealthRow | None, hours: list[Hour], outcomes: list[Outcome]) -> Source:
    state: State = health.state if health else "unknown"
    day = hours[-24:]
    return Source(
        name=name,
        state=state,
        detail=health.detail if health else None,
        advice=ADVICE[state],
        checked_at=health.checked_at if health else None,
        last_success_at=health.last_success_at if health else None,
        answered=sum(hour.answered for hour in day),
        refused=sum(hour.refused for hour in day),
        failed=sum(hour.failed for hour in day),
        most_per_hour=max(hour.answered + hour.refused + hour.failed for hour in hours),
        hours=hours,
        outcomes=outcomes,
    )


def _hour(moment: datetime, row: SourceHour | None) -> Hour:
    if row is None:
        return Hour(hour=moment)
    return Hour(hour=moment, answered=row.answered, refused=row.refused, failed=row.failed)
