"""Prepares a title by hand: gathers its cast into a gallery of its own, which can be asked about at any time."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from db.engine import session as transaction
from db.keys import fold
from db.queries.external_ids import programmes_with_ids, update_programme_ids
from db.queries.identity import add_titles
from db.queries.listings import ProgrammeKey, ensure_programmes, lock_writes
from db.queries.locks import shared_lock
from db.queries.lookups import lookups
from db.queries.programmes import ProgrammeRow, programmes
from gallery.types import ON_SCREEN, GalleryContent
from indexer.careers.look_up import look_up_careers
from indexer.casts.ask import ask_casts
from indexer.casts.titles import Match
from indexer.errors import NothingToPrepare, TitleUnclear
from indexer.galleries.embed import embed_photos
from indexer.galleries.publish_prepared import Title, publish_title
from indexer.galleries.retire import OBJECTS
from indexer.identity.people import ids_conflict
from indexer.identity.programmes import count_shared_names
from indexer.job.context import Context, FaceAnalyser
from indexer.job.outside import Outside
from indexer.job.progress import CountingProgress, Progress
from indexer.job.recording import JobReport, recorded
from indexer.photos.gather import gather_photos
from indexer.regions import Region
from indexer.settings import IndexerSettings
from indexer.sources.photo_folder import PhotoFolder
from indexer.window import day_window
from storage.base import Storage

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PreparedPerson:
    """Somebody on screen in the title; `faces` is the number of their photos in the gallery."""

    name: str
    character: str | None
    faces: int


@dataclass(frozen=True, slots=True)
class PreparedTitle:
    """A title that can be asked about by the `id` of its programme, or by any of its titles."""

    id: int
    title: str
    kind: str
    year: int | None
    people: Sequence[PreparedPerson]
    jobs: Sequence[JobReport]
    seconds: float

    @property
    def known(self) -> int:
        """How many of the people have at least one face in the gallery."""
        return sum(person.faces > 0 for person in self.people)


def prepare_title(
    settings: IndexerSettings,
    engine: Engine,
    storage: Storage,
    faces: FaceAnalyser,
    outside: Outside,
    match: Match,
    *,
    region: Region,
    progress: Progress | None = None,
) -> PreparedTitle:
    """Store the work, its cast and their photos, and publish its gallery.

    Raises `TitleUnclear` when another work stored under that title cannot be told apart from it, `NothingToPrepare`
    when no source names anybody in it, and the errors of the database and of the storage.
    """
    began, now = time.monotonic(), datetime.now(UTC)
    with transaction(engine) as session:
        lock_writes(session)
        title = store_work(session, match)
    context = Context(
        engine=engine,
        storage=storage,
        region=region,
        window=day_window(now.date(), 1, region.time_zone),
        faces=faces,
        progress=CountingProgress(progress),
        outside=outside,
        started_at=now,
        programme_id=title.id,
    )
    folder = PhotoFolder(settings.photos, per_person=settings.photos_per_person) if settings.photos else None
    run = _Run(context, outside)
    with (
        structlog.contextvars.bound_contextvars(run_id=context.run_id, programme=title.id),
        shared_lock(engine, OBJECTS),
    ):
        content = run.all_jobs(title, folder)
    return PreparedTitle(
        title.id, title.title, title.kind, title.year, _people(content), run.jobs, time.monotonic() - began
    )


def store_work(session: Session, match: Match) -> Title:
    """The work's programme, found by its ids or else made; the work's ids and titles are added to it."""
    stored = programmes(session, programmes_with_ids(session, match.ids))
    row = next((row for row in stored if match.is_called(row.titles[0])), next(iter(stored), None))
    if row is None:
        row = _make_programme(session, match)
    update_programme_ids(session, {row.id: {**match.ids, **row.ids}})
    add_titles(session, row.id, fold(row.titles[0]), match.titles)
    return Title(row.id, row.titles[0], row.kind, row.year)


def _make_programme(session: Session, match: Match) -> ProgrammeRow:
    title = match.titles[0]
    key = ProgrammeKey(fold(title), match.kind, match.year)
    (row,) = programmes(session, ensure_programmes(session, {key: (title, {})}).values())
    if ids_conflict(row.ids, match.ids) or (row.names and not count_shared_names(row.names, match.cast)):
        raise TitleUnclear(
            f"Another {match.kind} called “{title}” of {match.year or 'an unknown year'} is stored already (programme "
            f"{row.id}), with other ids or people: the two would be taken for one."
        )
    return row


@dataclass(slots=True)
class _Run:
    context: Context
    outside: Outside
    jobs: list[JobReport] = field(default_factory=list)

    def all_jobs(self, title: Title, folder: PhotoFolder | None) -> GalleryContent:
        with self._job("ask_casts") as job:
            ask_casts(self.context, self.outside, job.counts)
        with self._job("gather_photos") as job:
            gather_photos(self.context, folder, job.counts)
        with self._job("look_up_careers") as job:
            look_up_careers(self.context, self.outside, folder, job.counts)
        with self._job("embed_photos") as job:
            embed_photos(self.context, job.counts)
        with self._job("publish_prepared") as job:
            return self._publish(title, job)

    def _publish(self, title: Title, job: JobReport) -> GalleryContent:
        try:
            return publish_title(self.context, title, job.counts)
        except NothingToPrepare as error:
            with transaction(self.context.engine) as session:
                asked = lookups(session, "programme", [title.id])
            answers = [f"{source}: {row.detail or row.outcome}." for (_, source, _), row in sorted(asked.items())]
            raise NothingToPrepare(" ".join([str(error), *answers])) from None

    @contextmanager
    def _job(self, name: str) -> Iterator[JobReport]:
        with recorded(self.context, name) as report:
            self.jobs.append(report)
            yield report


def _people(content: GalleryContent) -> list[PreparedPerson]:
    people = {person.id: person for person in content.people}
    members = {member.person_id: member for member in reversed(content.airings[0].cast) if member.job in ON_SCREEN}
    order = dict.fromkeys(member.person_id for member in content.airings[0].cast)
    return [PreparedPerson(people[key].name, members[key].role, len(people[key].references)) for key in order]
