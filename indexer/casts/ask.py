"""Asking the cast sources about the programmes that are on: once each, as long as the answer is fresh."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from db.engine import session as transaction
from db.queries.casts import billed_ids, billing_sources, part_of
from db.queries.jobs import record_health
from db.queries.listings import write_alone
from db.queries.lookups import LookupRow, lookups, record_lookup
from db.queries.programmes import ProgrammeRow, programmes_in
from indexer.asking.circuit_breakers import CircuitOpen
from indexer.casts.matching import (
    MatchedWork,
    asked_kind,
    can_be_matched,
    match_work,
    possible_titles,
    year_in_title,
)
from indexer.casts.store import BILLED, store_cast
from indexer.errors import NotFound, PageChanged, SourceError
from indexer.identity.aliases import Aliases
from indexer.identity.namesakes import resolve_namesakes
from indexer.identity.programmes import AMBIGUOUS_TITLE, FOUND, UNMATCHED_TITLE
from indexer.job.context import Context
from indexer.job.outside import Outside
from indexer.sources.imdb.casts import ImdbCasts
from indexer.sources.imdb.rows import Wanted
from indexer.sources.protocols import CastSource

NOTHING = "nothing"
"""The source knows the programme, but nobody in it."""
ANSWERS = frozenset({FOUND, NOTHING, UNMATCHED_TITLE, AMBIGUOUS_TITLE})
"""How a lookup ends when the source did answer; after anything else it is asked again in the next run."""
MOST_BY_HAND = 60
"""So many of the cast of a title prepared by hand are looked for: a gallery of its own has room for more."""
FRESH_FOR = timedelta(days=14)


def ask_casts(context: Context, outside: Outside, counts: Counter[str]) -> None:
    """Ask every cast source, in order, who is in what; each answer is stored before the next question.

    So a run that was killed goes on where it was. What a source said before stays when it fails.
    """
    with transaction(context.engine) as session:
        on = programmes_in(session, context.scope)
        known = [programme.id for programme in on]
        asked, billed = lookups(session, "programme", known), billing_sources(session, known)
    inquiry = _Inquiry(context, outside, counts, asked, Aliases(context, outside), billed)
    for programme in context.progress.track(on, description="CircuitBreakers for casts", total=len(on)):
        inquiry.about(programme, outside.sources.casts)
    _ask_datasets(context, outside, inquiry)
    resolve_namesakes(context, outside, counts)
    with transaction(context.engine) as session:
        for source, state, detail in outside.breakers.health():
            record_health(session, source, state, detail)


def _ask_datasets(context: Context, outside: Outside, inquiry: "_Inquiry") -> None:
    """Ask IMDb's datasets about all programmes at once, at last, when most titles and ids are known."""
    if outside.sources.datasets is None:
        return
    with transaction(context.engine) as session:
        on = programmes_in(session, context.scope)
    due = [
        programme
        for programme in on
        if can_be_matched(programme)
        and is_due(inquiry.asked.get((programme.id, outside.sources.datasets.name, "")), context.started_at)
    ]
    wanted = {
        Wanted(title, asked_kind(programme), programme.year or year_in_title(programme))
        for programme in due
        for title in possible_titles(programme)
    }
    source = ImdbCasts(outside.sources.datasets, wanted, {programme.ids.get("imdb", "") for programme in due} - {""})
    for programme in due:
        inquiry.about(programme, [source])


@dataclass(slots=True)
class _Inquiry:
    context: Context
    outside: Outside
    counts: Counter[str]
    asked: Mapping[tuple[int, str, str], LookupRow]
    aliases: Aliases
    billed: set[tuple[int, str, str]]
    """Whose casts are stored: (programme id, source, part)."""

    def about(self, programme: ProgrammeRow, sources: Sequence[CastSource]) -> None:
        if not can_be_matched(programme):
            return
        for source in sources:
            programme = self._about_all_of(programme, source)
            if source.knows_guests and (programme.id, source.name, "") in self.billed:
                for season, episode in programme.episodes:
                    self._about_guests(programme, source, season, episode)

    def _about_all_of(self, programme: ProgrammeRow, source: CastSource) -> ProgrammeRow:
        """The programme, with what the source knows of it."""
        found = self._put(programme, source, "", lambda: match_work(source, programme, self.aliases.of))
        if found is None or found.outcome != FOUND:
            return programme
        titles = found.programme.titles if found.programme else ()
        return programme._replace(
            titles=tuple(dict.fromkeys((*programme.titles, *titles))),
            ids={**programme.ids, **(found.programme.ids if found.programme else {})},
            names=programme.names | {record.name for record in found.cast},
        )

    def _about_guests(self, programme: ProgrammeRow, source: CastSource, season: int, episode: int) -> None:
        with transaction(self.context.engine) as session:
            regulars = billed_ids(session, programme.id, source.name)

        def question() -> MatchedWork:
            cast = source.cast(programme.ids, season=season, episode=episode) or ()
            return MatchedWork(FOUND, [record for record in cast if regulars.isdisjoint(record.ids.items())])

        self._put(programme, source, part_of(season, episode), question)

    def _put(
        self, programme: ProgrammeRow, source: CastSource, part: str, question: Callable[[], MatchedWork]
    ) -> MatchedWork | None:
        """Ask, unless the answer is fresh, and store it; None when there is none."""
        before = self.asked.get((programme.id, source.name, part))
        now = self.context.started_at
        if not (self._is_by_hand or is_due(before, now)):
            return None
        try:
            found = self.outside.breakers.call(
                source.name, lambda: self._unless_gone(programme, source, part, question())
            )
        except NotFound as error:
            found = MatchedWork(NOTHING, detail=str(error))
        except SourceError as error:
            self._fail(programme, source, part, error, before)
            return None
        self._store(programme, source, part, found)
        return found

    @property
    def _is_by_hand(self) -> bool:
        """Whoever asks for one programme wants all of it, now: what the HTTP cache has is not asked for again."""
        return self.context.programme_id is not None

    @property
    def _most(self) -> int:
        return MOST_BY_HAND if self._is_by_hand else BILLED

    def _unless_gone(self, programme: ProgrammeRow, source: CastSource, part: str, found: MatchedWork) -> MatchedWork:
        """Nobody, where there was somebody, is an alarm; a guest cast may be empty."""
        key = (programme.id, source.name, part)
        if found.outcome == FOUND and not found.cast and key in self.billed:
            raise PageChanged(f"{source.name} names nobody in {programme.titles[0]!r} any more.")
        return found

    def _store(self, programme: ProgrammeRow, source: CastSource, part: str, found: MatchedWork) -> None:
        now = self.context.started_at
        outcome = NOTHING if found.outcome == FOUND and not found.cast else found.outcome
        with transaction(self.context.engine) as session:
            write_alone(session)
            if outcome == FOUND:
                store_cast(
                    session, programme, source.name, part, found,
                    now=now, most=self._most, has_portraits=source.cast_has_portraits,
                )  # fmt: skip
                self.billed.add((programme.id, source.name, part))
            row = LookupRow(now, outcome, found.detail)
            record_lookup(session, "programme", programme.id, source.name, row, part=part)
        self.counts[f"asked_{source.name}"] += 1
        self.counts[f"{outcome.replace(' ', '_')}_{source.name}"] += 1

    def _fail(
        self, programme: ProgrammeRow, source: CastSource, part: str, error: SourceError, before: LookupRow | None
    ) -> None:
        """Note the failure, but never over an answer; that nobody was asked, never over anything."""
        skipped = isinstance(error, CircuitOpen)
        self.counts[f"{'not_asked' if skipped else 'failed'}_{source.name}"] += 1
        if before is None or not (skipped or before.outcome in ANSWERS):
            row = LookupRow(self.context.started_at, error.state, str(error))
            with transaction(self.context.engine) as session:
                record_lookup(session, "programme", programme.id, source.name, row, part=part)


def is_due(row: LookupRow | None, now: datetime) -> bool:
    """Whether to ask: never asked, no answer then, or an answer that is not fresh any more."""
    return row is None or row.outcome not in ANSWERS or now - row.asked_at >= FRESH_FOR
