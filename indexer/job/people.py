"""The people whom a run looks after: those on screen in what it is about, with what sources need to know of them."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import structlog

from db.engine import session as transaction
from db.queries.external_ids import person_external_ids
from db.queries.offers import titles_on_screen
from db.queries.photos import WantedPerson, wanted_people
from indexer.asking.subject import Subject
from indexer.job.context import Context

WORKERS = 8
"""People looked after at a time; the pace of each host is the client's business."""


def as_subjects(context: Context, people: Sequence[WantedPerson]) -> list[Subject]:
    """These people with their ids, and what they are about to be seen in."""
    with transaction(context.engine) as session:
        ids = person_external_ids(session, [person.id for person in people])
        titles = titles_on_screen(session, context.scope)
    return [
        Subject(
            id=person.id,
            credit_id=person.credit_id,
            name=person.name,
            ids=ids.get(person.id, {}),
            on_screen=frozenset(titles.get(person.id, ())),
            last_seen_in=(person.latest_credit or {}).get("title"),
        )
        for person in people
    ]


def on_screen(context: Context) -> Sequence[WantedPerson]:
    """Everybody on screen in what the run is about who has not opted out."""
    with transaction(context.engine) as session:
        return wanted_people(session, context.scope)


def in_parallel(
    context: Context, look_after: Callable[[Subject], Counter[str]], people: Sequence[Subject], description: str
) -> Iterator[Counter[str]]:
    """What `look_after` counted for each of the people, several at a time, in their order."""
    bind = partial(structlog.contextvars.bind_contextvars, **structlog.contextvars.get_contextvars())
    pool = ThreadPoolExecutor(WORKERS, initializer=bind)
    try:
        tallies = pool.map(look_after, people)
        yield from context.progress.track(tallies, description=description, total=len(people))
    finally:
        pool.shutdown(cancel_futures=True)
