"""The context of a run, which every job is given."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import uuid4

from sqlalchemy import Engine

from db.queries.scope import InProgramme, OnAir, Scope
from faces.errors import PictureError
from faces.types import Analysis
from indexer.job.outside import Outside
from indexer.job.progress import CountingProgress
from indexer.regions import Region
from indexer.window import Window
from storage.base import Storage


class FaceAnalyser(Protocol):
    """The part of `faces.engine.FaceEngine` that the jobs use."""

    @property
    def model_key(self) -> str:
        """Names detector, embedding checkpoint and preprocessing; vectors of different keys are never compared."""

    @property
    def dimension(self) -> int:
        """The length of an embedding."""

    def analyse_all(self, pictures: Iterable[bytes | PictureError]) -> Iterator[Analysis | PictureError]:
        """The faces of each picture, or the error of one that cannot be read. Errors given in are passed through."""


@dataclass(frozen=True, slots=True)
class Context:
    """One run: its region and window, and the services that it uses. `started_at` is the run's notion of now.

    Without `outside`, no source is asked: the run uses its listings and what is stored.
    """

    engine: Engine
    storage: Storage
    region: Region
    window: Window
    faces: FaceAnalyser
    progress: CountingProgress
    outside: Outside | None = None
    run_id: str = field(default_factory=lambda: uuid4().hex)
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    keep_photos: timedelta | None = None
    """How long photos stay of people who are no longer on air; None: for ever."""
    programme_id: int | None = None
    """Set for a title prepared by hand: the run is then about this programme instead of the window."""

    @property
    def scope(self) -> Scope:
        """The programmes, and so the people, that the run is about."""
        if self.programme_id is not None:
            return InProgramme(self.programme_id)
        return OnAir(self.region.code, self.window.start, self.window.stop)
