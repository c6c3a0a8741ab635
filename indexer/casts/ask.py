"""Asks the cast sources about the programmes that are on; a programme is not asked about while its answer is fresh."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from db.engine import session as transaction
from db.queries.casts import billed_ids, billing_sources, part_of
from db.queries.jobs import record_health
from db.queries.listings import lock_writes
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
from indexer.job.failures import Failures
from indexer.job.outside import Outside
from indexer.sources.imdb.casts import ImdbCasts
from indexer.sources.imdb.rows import Wanted
from indexer.sources.protocols import CastSource

NOTHING = "nothing"
"""The source knows the programme, but names nobody in it."""
ANSWERS = frozenset({FOUND, NOTHING, UNMATCHED_TITLE, AMBIGUOUS_TITLE})
"""The outcomes of lookups that the source answered; after any other it is asked again in the next run."""
BILLED_BY_HAND = 60
"""So many of the cast are stored of a title prepared by hand: its own gallery has room for more than `BILLED`."""
FRESH_FOR = timedelta(days=14)


def ask_casts(context: Context, outside: Outside, counts: Counter[str]) -> None:
    """Ask the cast sources, in order, about every programme; each answer is stored before the next question.

    A run that was killed is therefore resumed where it stopped. When a source fails, its earlier answer stays.
    """
    with transaction(context.engine) as session:
        on = programmes_in(session, context.scope)
        known = [programme.id for programme in on]
        asked, billed = lookups(session, "programme", known), billing_sources(session, known)
    failures = Failures(counts)
    lookup = _CastLookup(context, outside, counts, asked, Aliases(context, outside), billed)
    for programme in context.progress.track(on, description="Asking for casts", total=len(on)):
        with failures.skipped(programme.titles[0]):
            lookup.ask_all(programme, outside.sources.casts)
    _ask_datasets(context, outside, lookup, failures)
    resolve_namesakes(context, outside, counts)
    with transaction(context.engine) as session:
        for source, state, detail in outside.breakers.health():
            record_health(session, source, state, detail)


def _ask_datasets(context: Context, outside: Outside, lookup: "_CastLookup", failures: Failures) -> None:
    """Ask IMDb's datasets about all programmes at once, last, when most titles and ids are known."""
    if outside.sources.datasets is None:
        return
    with transaction(context.engine) as session:
        on = programmes_in(session, context.scope)
    due = [
        programme
        for programme in on
        if can_be_matched(programme)
        and is_due(lookup.asked.get((programme.id, outside.sources.datasets.name, "")), context.started_at)
    ]
    wanted = {
        Wanted(title, asked_kind(programme), programme.year or year_in_title(programme))
        for programme in due
        for title in possible_titles(programme)
    }
    source = ImdbCasts(outside.sources.datasets, wanted, {programme.ids.get("imdb", "") for programme in due} - {""})
    for programme in due:
        with failures.skipped(programme.titles[0]):
            lookup.ask_all(programme, [source])


@dataclass(slots=True)
class _CastLookup:
    context: Context
    outside: Outside
    counts: Counter[str]
    asked: Mapping[tuple[int, str, str], LookupRow]
    aliases: Aliases
    billed: set[tuple[int, str, str]]
    """The casts that are stored: (programme id, source, part)."""

    def ask_all(self, programme: ProgrammeRow, sources: Sequence[CastSource]) -> None:
        if not can_be_matched(programme):
            return
        for source in sources:
            programme = self._ask_main_cast(programme, source)
            if source.knows_guests and (programme.id, source.name, "") in self.billed:
                for season, episode in programme.episodes:
                    self._ask_guests(programme, source, season, episode)

    def _ask_main_cast(self, programme: ProgrammeRow, source: CastSource) -> ProgrammeRow:
        """Ask about the work and its cast: the programme, with the titles, ids and names that the source adds."""
        found = self._ask(programme, source, "", lambda: match_work(source, programme, self.aliases.of))
        if found is None or found.outcome != FOUND:
            return programme
        titles = found.programme.titles if found.programme else ()
        return programme._replace(
            titles=tuple(dict.fromkeys((*programme.titles, *titles))),
            ids={**programme.ids, **(found.programme.ids if found.programme else {})},
            names=programme.names | {record.name for record in found.cast},
        )

    def _ask_guests(self, programme: ProgrammeRow, source: CastSource, season: int, episode: int) -> None:
        with transaction(self.context.engine) as session:
            regulars = billed_ids(session, programme.id, source.name)

        def question() -> MatchedWork:
            cast = source.cast(programme.ids, season=season, episode=episode) or ()
            return MatchedWork(FOUND, [record for record in cast if regulars.isdisjoint(record.ids.items())])

        self._ask(programme, source, part_of(season, episode), question)

    def _ask(
        self, programme: ProgrammeRow, source: CastSource, part: str, question: Callable[[], MatchedWork]
    ) -> MatchedWork | None:
        """Ask, unless the stored answer is fresh, and store the answer; None when there is no new one."""
        before = self.asked.get((programme.id, source.name, part))
        now = self.context.started_at
        if not (self._is_by_hand or is_due(before, now)):
            return None
        try:
            found = self.outside.breakers.call(source.name, lambda: self._checked(programme, source, part, question()))
        except NotFound as error:
            found = MatchedWork(NOTHING, detail=str(error))
        except SourceError as error:
            self._store_failure(programme, source, part, error, before)
            return None
        self._store(programme, source, part, found)
        return found

    @property
    def _is_by_hand(self) -> bool:
        """Whether a title is prepared by hand: every source is then asked at once, fresh answer or not."""
        return self.context.programme_id is not None

    @property
    def _cast_limit(self) -> int:
        return BILLED_BY_HAND if self._is_by_hand else BILLED

    def _checked(self, programme: ProgrammeRow, source: CastSource, part: str, found: MatchedWork) -> MatchedWork:
        """The answer; `PageChanged` when the source names nobody where it named somebody before."""
        key = (programme.id, source.name, part)
        if found.outcome == FOUND and not found.cast and key in self.billed:
            raise PageChanged(f"{source.name} names nobody in {programme.titles[0]!r} any more.")
        return found

    def _store(self, programme: ProgrammeRow, source: CastSource, part: str, found: MatchedWork) -> None:
        now = self.context.started_at
        outcome = NOTHING if found.outcome == FOUND and not found.cast else found.outcome
        with transaction(self.context.engine) as session:
            lock_writes(session)
            if outcome == FOUND:
                store_cast(
                    session, programme, source.name, part, found,
                    now=now, limit=self._cast_limit, has_portraits=source.cast_has_portraits,
                )  # fmt: skip
                self.billed.add((programme.id, source.name, part))
            row = LookupRow(now, outcome, found.detail)
            record_lookup(session, "programme", programme.id, source.name, row, part=part)
        self.counts[f"asked_{source.name}"] += 1
        self.counts[f"{outcome.replace(' ', '_')}_{source.name}"] += 1

    def _store_failure(
        self, programme: ProgrammeRow, source: CastSource, part: str, error: SourceError, before: LookupRow | None
    ) -> None:
        """Store the failure, unless an answer is stored; a skipped question is stored only where nothing is."""
        skipped = isinstance(error, CircuitOpen)
        self.counts[f"{'not_asked' if skipped else 'failed'}_{source.name}"] += 1
        if before is None or not (skipped or before.outcome in ANSWERS):
            row = LookupRow(self.context.started_at, error.state, str(error))
            with transaction(self.context.engine) as session:
                record_lookup(session, "programme", programme.id, source.name, row, part=part)


def is_due(row: LookupRow | None, now: datetime) -> bool:
    """Whether to ask: there is no answer yet, or it is no longer fresh."""
    return row is None or row.outcome not in ANSWERS or now - row.asked_at >= FRESH_FOR
