"""Job 2: stores who is in what, from the credits in the listings and then from the cast sources."""

from collections import Counter
from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from db.engine import session as transaction
from db.keys import fold, richness
from db.queries.casts import CreditKey, Place, billed_credits, ensure_credits, part_of, replace_airing_credits
from db.queries.identity import credits_in
from db.queries.listings import AiringRow, airing_ids, lock_writes
from indexer.casts.ask import ask_casts
from indexer.identity.resolver import PersonResolver
from indexer.job.context import Context
from indexer.listings.crawl import Listed
from indexer.sources.records import CreditRecord


def resolve_casts(context: Context, listed: Listed, counts: Counter[str]) -> None:
    """Store the people and credits of the listed airings, then ask the cast sources about every programme that is on.

    Afterwards each airing has exactly the credits of its listing and those that cast sources gave for it.
    """
    _store_listed(context, listed, counts)
    if context.outside is not None:
        ask_casts(context, context.outside, counts)


def _store_listed(context: Context, listed: Listed, counts: Counter[str]) -> None:
    with transaction(context.engine) as session:
        lock_writes(session)
        resolver = PersonResolver(session, context.started_at)
        whose = _people(resolver, listed)
        roles = _roles(session, {row.programme_id for row in listed})
        places: dict[str, dict[CreditKey, Place]] = {}
        for row, airing in listed.items():
            known = places.setdefault(airing.source, {})
            for credit in airing.credits:
                key, place = _key(row, credit, whose, roles), Place(credit.position, bool(credit.ids))
                known[key] = place.best_of(known.get(key, place))
        credits: dict[CreditKey, int] = {}
        for source, wanted in places.items():
            credits |= ensure_credits(session, wanted, source=source)
        billed = billed_credits(session, {row.programme_id for row in listed})
        channels = {row.channel_id for row in listed}
        ids = airing_ids(session, channels, min(row.start for row in listed), max(row.stop for row in listed))
        casts = {
            ids[row]: {credits[_key(row, credit, whose, roles)] for credit in airing.credits} | _billed(row, billed)
            for row, airing in listed.items()
            if row in ids  # another region may have replaced the airing in the meantime
        }
        added, removed = replace_airing_credits(session, casts)
        resolver.reconcile_names(credit.name for airing in listed.values() for credit in airing.credits if credit.ids)
    counts.update(people=len(set(whose.values())), credits=len(credits), added=added, removed=removed)


_CreditedPerson = tuple[int, str, tuple[tuple[str, str], ...]]
"""A person as listings name them in a programme: programme id, folded name, ids."""


def _people(resolver: PersonResolver, listed: Listed) -> dict[_CreditedPerson, int]:
    """The person id behind each credit."""
    credits = [credit for airing in listed.values() for credit in airing.credits]
    names = _best_spellings(credits)
    resolver.load(names.values(), (credit.ids for credit in credits), {row.programme_id for row in listed})
    whose: dict[_CreditedPerson, int] = {}
    for row, airing in listed.items():
        for credit in airing.credits:
            credited = _credited_person(row, credit)
            if credited not in whose:
                whose[credited] = resolver.resolve(row.programme_id, [names[fold(credit.name)]], credit.ids)
    return {credited: resolver.current_id(person_id) for credited, person_id in whose.items()}


def _best_spellings(credits: Iterable[CreditRecord]) -> dict[str, str]:
    names: dict[str, str] = {}
    for credit in credits:
        key = fold(credit.name)
        names[key] = max(names.get(key, credit.name), credit.name, key=richness)
    return names


def _credited_person(row: AiringRow, credit: CreditRecord) -> _CreditedPerson:
    return row.programme_id, fold(credit.name), tuple(sorted(credit.ids.items()))


def _roles(session: Session, programmes: set[int]) -> dict[tuple[int, int, str], str]:
    """The known characters: (programme id, person id, job) -> role, where there is exactly one."""
    roles: dict[tuple[int, int, str], set[str]] = {}
    for credit in credits_in(session, programmes):
        if credit.role is not None:
            roles.setdefault((credit.programme_id, credit.person_id, credit.job), set()).add(credit.role)
    return {part: next(iter(known)) for part, known in roles.items() if len(known) == 1}


def _key(
    row: AiringRow,
    credit: CreditRecord,
    whose: Mapping[_CreditedPerson, int],
    roles: Mapping[tuple[int, int, str], str],
) -> CreditKey:
    """The credit's key; where the listing names no character, the known one is used."""
    person_id = whose[_credited_person(row, credit)]
    role = credit.role or roles.get((row.programme_id, person_id, credit.job))
    return CreditKey(row.programme_id, person_id, credit.job, role)


def _billed(row: AiringRow, billed: Mapping[tuple[int, str], set[int]]) -> set[int]:
    part = part_of(row.season, row.episode)
    return billed.get((row.programme_id, ""), set()) | billed.get((row.programme_id, part), set())
