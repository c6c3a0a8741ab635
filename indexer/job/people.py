"""The people whom a run is about: reads them with their ids and titles, and works on many of them in parallel."""

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
from indexer.job.failures import Failures

WORKERS = 8
"""How many people are worked on at a time. The HTTP client limits the rate of each host."""


def as_subjects(context: Context, people: Sequence[WantedPerson]) -> list[Subject]:
    """These people with their ids and the titles of their upcoming programmes."""
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
    """Everybody on screen in the programmes that the run is about, except those who opted out."""
    with transaction(context.engine) as session:
        return wanted_people(session, context.scope)


def in_parallel(
    context: Context, work: Callable[[Subject], Counter[str]], people: Sequence[Subject], description: str
) -> Iterator[Counter[str]]:
    """Call `work` for each of the people, several at a time; yields its counts in the order of `people`.

    A person of whom it fails is left out and counted, unless several fail in a row.
    """
    failed: Counter[str] = Counter()
    failures = Failures(failed)

    def work_on(person: Subject) -> Counter[str] | Exception:
        try:
            return work(person)
        except Exception as error:  # noqa: BLE001 - noted below, in the job's own thread
            return error

    bind = partial(structlog.contextvars.bind_contextvars, **structlog.contextvars.get_contextvars())
    pool = ThreadPoolExecutor(WORKERS, initializer=bind)
    try:
        tallies = zip(people, pool.map(work_on, people), strict=True)
        for person, tally in context.progress.track(tallies, description=description, total=len(people)):
            if isinstance(tally, Exception):
                failures.note(person.name, tally)
            else:
                failures.succeeded()
                yield tally
        yield failed
    finally:
        pool.shutdown(cancel_futures=True)
