"""Job 2: who is in what, from the cast that the listings carry."""

from collections import Counter
from collections.abc import Iterable, Mapping

from db.engine import session as transaction
from db.keys import fold, richness
from db.queries.casts import CreditKey, ensure_credits, ensure_people, replace_airing_credits
from db.queries.listings import airing_ids, write_alone
from indexer.jobs.context import Context
from indexer.jobs.crawl_listings import Listed
from indexer.sources.records import AiringRecord


def resolve_casts(context: Context, listed: Listed, counts: Counter[str]) -> None:
    """Store the people and credits of the listed airings; each airing has exactly the credits of its listing."""
    with transaction(context.engine) as session:
        write_alone(session)
        people = ensure_people(session, _people(listed.values()))
        by_source: dict[str, dict[CreditKey, int]] = {}
        for row, airing in listed.items():
            positions = by_source.setdefault(airing.source, {})
            for key, position in _credits(row.programme_id, airing, people):
                positions[key] = min(position, positions.get(key, position))
        credits: dict[CreditKey, int] = {}
        for source, positions in by_source.items():
            credits |= ensure_credits(session, positions, source=source)
        channels = {row.channel_id for row in listed}
        ids = airing_ids(session, channels, min(row.start for row in listed), max(row.stop for row in listed))
        casts = {
            ids[row]: {credits[key] for key, _ in _credits(row.programme_id, airing, people)}
            for row, airing in listed.items()
            if row in ids  # another region may have learnt better in between
        }
        added, removed = replace_airing_credits(session, casts)
    counts.update(people=len(people), credits=len(credits), added=added, removed=removed)


def _people(airings: Iterable[AiringRecord]) -> dict[str, tuple[str, Mapping[str, str]]]:
    people: dict[str, tuple[str, Mapping[str, str]]] = {}
    for credit in (credit for airing in airings for credit in airing.credits):
        name, ids = people.get(fold(credit.name), (credit.name, {}))
        people[fold(credit.name)] = max(name, credit.name, key=richness), {**ids, **credit.ids}
    return people


def _credits(programme_id: int, airing: AiringRecord, people: Mapping[str, int]) -> Iterable[tuple[CreditKey, int]]:
    return (
        (CreditKey(programme_id, people[fold(credit.name)], credit.job, credit.role), credit.position)
        for credit in airing.credits
    )
