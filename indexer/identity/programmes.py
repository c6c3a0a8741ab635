"""The rules that match a listed programme to a source's works, as pure functions; they abstain rather than guess."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from indexer.identity.spelling import name_spelling, title_spelling
from indexer.sources.protocols import ProgrammeRecord
from indexer.sources.records import Kind

FOUND = "found"
UNMATCHED_TITLE = "unmatched title"
AMBIGUOUS_TITLE = "ambiguous title"

YEAR_TOLERANCE = 1
"""A film's year is that of its making, of its festival or of its release: sources differ by one."""


@dataclass(frozen=True, slots=True)
class ListedProgramme:
    """A programme as listings describe it: all known `titles` and `ids`, and the `names` of its on-screen cast."""

    titles: tuple[str, ...]
    kind: Kind
    year: int | None
    names: frozenset[str] = frozenset()
    ids: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The work that was chosen (`outcome` is then `FOUND`), or why none could be."""

    outcome: str
    programme: ProgrammeRecord | None = None
    detail: str | None = None


def candidates(listed: ListedProgramme, works: Iterable[ProgrammeRecord]) -> list[ProgrammeRecord]:
    """The works that title, kind and year do not rule out, each once; only the work with the listing's id, if any."""
    works = list(works)
    if known := [work for work in works if _share_id(listed.ids, work.ids)]:
        return known[:1]
    titles = {title_spelling(title) for title in listed.titles}
    kept: dict[tuple[tuple[str, str], ...], ProgrammeRecord] = {}
    for work in works:
        same_title = not titles.isdisjoint(map(title_spelling, work.titles))
        if same_title and _kinds_agree(listed, work) and _years_agree(listed, work):
            kept.setdefault(tuple(sorted(work.ids.items())), work)
    return list(kept.values())


def choose_work(listed: ListedProgramme, casts: Sequence[tuple[ProgrammeRecord, Collection[str]]]) -> Verdict:
    """Choose among the candidates, each given with the names of its cast. The work with the listing's id is chosen.

    Without an id: where the listing names people, one of them must be in the work's cast. Where it names nobody, the
    only work of that title, kind and year is chosen; a film then needs its year in the listing, because a title alone
    is too little evidence.
    """
    if not casts:
        return Verdict(UNMATCHED_TITLE)
    if _share_id(listed.ids, casts[0][0].ids):
        return Verdict(FOUND, casts[0][0])
    if listed.names:
        return _by_cast(listed, casts)
    return _without_cast(listed, [work for work, _ in casts])


def _by_cast(listed: ListedProgramme, casts: Sequence[tuple[ProgrammeRecord, Collection[str]]]) -> Verdict:
    sharing = [work for work, names in casts if count_shared_names(listed.names, names)]
    if not sharing:
        return Verdict(UNMATCHED_TITLE, detail="nobody in the listing is in the cast of a work of this title")
    of_the_year = [work for work in sharing if work.year is not None and work.year == listed.year]
    clearest = of_the_year if len(of_the_year) == 1 else sharing
    return Verdict(FOUND, clearest[0]) if len(clearest) == 1 else _ambiguous(clearest)


def _without_cast(listed: ListedProgramme, works: Sequence[ProgrammeRecord]) -> Verdict:
    same_kind = [work for work in works if work.kind == listed.kind]
    if len(same_kind) > 1:
        return _ambiguous(same_kind)
    if not same_kind:
        return Verdict(UNMATCHED_TITLE)
    if listed.kind != "series" and None in (listed.year, same_kind[0].year):
        return Verdict(AMBIGUOUS_TITLE, detail="the listing gives neither cast nor year")
    return Verdict(FOUND, same_kind[0])


def _ambiguous(works: Sequence[ProgrammeRecord]) -> Verdict:
    years = ", ".join(str(work.year or "no year") for work in works)
    return Verdict(AMBIGUOUS_TITLE, detail=f"{len(works)} works of this title: {years}")


def _kinds_agree(listed: ListedProgramme, work: ProgrammeRecord) -> bool:
    """A film is never a series. `other` means that a source cannot tell; it matches either, if the cast can decide."""
    return listed.kind == work.kind or (bool(listed.names) and "other" in (listed.kind, work.kind))


def _years_agree(listed: ListedProgramme, work: ProgrammeRecord) -> bool:
    """A series is listed with the year of its episode, which is never before the series began."""
    if listed.year is None or work.year is None:
        return True
    if "series" in (listed.kind, work.kind):
        return work.year <= listed.year + YEAR_TOLERANCE
    return abs(listed.year - work.year) <= YEAR_TOLERANCE


def count_shared_names(names: Iterable[str], others: Iterable[str]) -> int:
    """How many names are in both, compared by their folded spelling (`name_spelling`)."""
    return len({*map(name_spelling, names)} & {*map(name_spelling, others)})


def _share_id(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    return any(other.get(system) == value for system, value in one.items())
