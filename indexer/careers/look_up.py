"""Job 4: looks up where the viewer may have seen the people of upcoming airings before, and with whom."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from functools import partial

from db.engine import session as transaction
from db.keys import fold
from db.queries.listings import lock_writes
from db.queries.lookups import lookups, record_lookup
from db.queries.opt_outs import has_opted_out
from db.queries.photos import set_latest_credit
from indexer.asking.questions import FOUND, NOTHING, Reply, ask, is_due
from indexer.asking.subject import Subject
from indexer.careers.last_seen import PastCasts, co_star, last_seen
from indexer.job.context import Context
from indexer.job.outside import Outside
from indexer.job.people import as_subjects, in_parallel, on_screen
from indexer.sources.imdb.careers import ImdbCareers
from indexer.sources.photo_folder import PhotoFolder
from indexer.sources.protocols import CareerSource, PastCredit
from indexer.sources.records import LatestCreditRecord

PART = "career"
"""The name of the question for past parts in the `lookup` rows of a person."""
FRESH_FOR = timedelta(days=7)


def look_up_careers(context: Context, outside: Outside, folder: PhotoFolder | None, counts: Counter[str]) -> None:
    """Ask where everybody on screen in the window was last seen, except those of whom the photo folder says it."""
    in_folder = folder.credits.latest if folder else {}
    people = as_subjects(context, [person for person in on_screen(context) if person.name_key not in in_folder])
    ask = partial(_look_up, context, outside, _sources(outside, people), PastCasts())
    for tally in in_parallel(context, ask, people, "Looking up careers"):
        counts.update(tally)
    counts.update(people=len(people))


def _sources(outside: Outside, people: Sequence[Subject]) -> Sequence[CareerSource]:
    """The career sources of the run, and last IMDb's datasets, which cost most."""
    if outside.sources.datasets is None:
        return outside.sources.careers
    wanted = {person.ids["imdb"] for person in people if "imdb" in person.ids}
    return (*outside.sources.careers, ImdbCareers(outside.sources.datasets, wanted))


def _look_up(
    context: Context, outside: Outside, sources: Sequence[CareerSource], casts: PastCasts, person: Subject
) -> Counter[str]:
    """Ask the sources in order until one knows a part; skipped while their answers are fresh.

    When the stored part is in a title that the person is about to be seen in, the sources are asked at once, and the
    stored part is deleted if none knows another.
    """
    with transaction(context.engine) as session:
        if has_opted_out(session, person.id):
            return Counter()
        asked = lookups(session, "person", [person.id])
    seen_now = person.last_seen_in is not None and fold(person.last_seen_in) in person.on_screen
    counts: Counter[str] = Counter()
    for source in sources:
        row = asked.get((person.id, source.name, PART))
        if not seen_now and not is_due(row, person, context.started_at, fresh_for=FRESH_FOR):
            if row and row.outcome == FOUND:
                return counts
            continue
        reply = ask(outside.breakers, source.name, person, partial(source.past_credits, person.ids))
        counts["questions"] += reply.was_asked
        if reply.is_worth_recording(row) and _record(context, outside, casts, source, person, reply):
            return counts + Counter(found=1)
    if seen_now:
        with transaction(context.engine) as session:
            set_latest_credit(session, person.id, None)
    return counts


def _record(
    context: Context,
    outside: Outside,
    casts: PastCasts,
    source: CareerSource,
    person: Subject,
    reply: Reply[PastCredit],
) -> bool:
    """Store the reply, and the part if there is one: whether there is."""
    now = context.started_at
    part = last_seen(reply.records or (), today=now.date(), on_screen=person.on_screen)
    if reply.records is not None:
        reply = replace(reply, outcome=FOUND if part else NOTHING)
    credit = part and _with_co_star(outside, casts, source.name, part, person)
    with transaction(context.engine) as session:
        lock_writes(session)
        record_lookup(session, "person", person.id, source.name, reply.row(now), part=PART)
        if credit:
            set_latest_credit(session, person.id, asdict(credit))
    return credit is not None


def _with_co_star(
    outside: Outside, casts: PastCasts, source: str, part: PastCredit, person: Subject
) -> LatestCreditRecord:
    """The part with a co-star, where a source knows the cast; the source that knew the part is asked first."""
    if part.credit.co_star is not None:
        return part.credit
    for other in sorted(outside.sources.casts, key=lambda other: other.name != source):
        leads = casts.leads(outside.breakers, other, part.programme_ids)
        if leads is not None:
            return replace(part.credit, co_star=co_star(leads, person.ids, person.name))
    return part.credit
