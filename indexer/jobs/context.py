"""What the jobs of one run share."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol
from uuid import uuid4

from sqlalchemy import Engine

from faces.types import Analysis
from indexer.progress import Progress
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

    def analyse(self, data: bytes) -> Analysis:
        """The faces of a picture; `faces.errors.FacesError` when it is none that can be read."""


@dataclass(frozen=True, slots=True)
class Context:
    """One run: for which region and window, and with what. `started_at` is what the run takes for now."""

    engine: Engine
    storage: Storage
    region: Region
    window: Window
    faces: FaceAnalyser
    progress: Progress
    run_id: str = field(default_factory=lambda: uuid4().hex)
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
