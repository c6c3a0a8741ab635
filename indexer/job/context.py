"""What the jobs of one run share."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
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
    """What the jobs need of `faces.engine.FaceEngine`."""

    @property
    def model_key(self) -> str:
        """Names detector, embedding checkpoint and preprocessing: vectors of different keys never meet."""

    @property
    def dimension(self) -> int:
        """The length of an embedding."""

    def analyse_all(self, pictures: Iterable[bytes | PictureError]) -> Iterator[Analysis | PictureError]:
        """The faces of each picture, or why it cannot be read; an error among them stays as it is."""


@dataclass(frozen=True, slots=True)
class Context:
    """One run: for which region and window, and with what. `started_at` is what the run takes for now.

    Without `outside`, the run works with its listings and with what is stored.
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
    programme_id: int | None = None
    """Of a title prepared by hand: the run is then about this programme, whatever is on."""

    @property
    def scope(self) -> Scope:
        """Whom the run is about."""
        if self.programme_id is not None:
            return InProgramme(self.programme_id)
        return OnAir(self.region.code, self.window.start, self.window.stop)
