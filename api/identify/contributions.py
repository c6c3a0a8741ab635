"""Keeps the pictures of those who say that we may, and gives them back: nothing else of an upload ever stays."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import Engine

from db.engine import session
from db.errors import DatabaseUnavailable
from db.queries.contributions import ContributionRow, contribution_keys, delete_contribution, record_contribution
from faces.metadata import strip_metadata
from storage.base import Storage, StorageError

log = structlog.get_logger(__name__)
PREFIX = "contributions"


@dataclass(frozen=True, slots=True)
class Kept:
    """What an asker needs to take the pictures back; of the secret, only the hash stays here."""

    id: str
    secret: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where kept pictures are, and for how many days; with 0, none is kept."""

    database: Engine
    storage: Storage
    days: int

    def keep(
        self,
        pictures: Sequence[bytes],
        *,
        region: str | None,
        at: datetime | None,
        model_key: str,
        named: Collection[int],
    ) -> Kept | None:
        """Store the pixels of the pictures, and what was asked and answered: no file name, address or place.

        None when nothing is kept: by the settings, or because the database or the store fails, which costs nobody
        their answer (what was half stored expires all the same). Raises `PictureError`.
        """
        if not self.days:
            return None
        now = datetime.now(UTC)
        kept = Kept(secrets.token_hex(16), secrets.token_urlsafe(24), now + timedelta(days=self.days))
        objects = {f"{PREFIX}/{kept.id}/{number}.jpg": strip_metadata(data) for number, data in enumerate(pictures)}
        row = ContributionRow(
            kept.id, list(objects), _digest(kept.secret), region, at, model_key, sorted(named), now, kept.expires_at
        )
        try:
            with session(self.database) as opened:
                record_contribution(opened, row)
            for key, data in objects.items():
                self.storage.put(key, data)
        except (DatabaseUnavailable, StorageError) as error:
            log.warning("picture not kept", error=str(error))
            return None
        return kept

    def take_back(self, contribution_id: str, secret: str) -> bool:
        """Delete the pictures and their row; False when no such thing is kept (any more)."""
        with session(self.database) as opened:
            keys = contribution_keys(opened, contribution_id, _digest(secret))
        if keys is None:
            return False
        for key in keys:
            self.storage.delete(key)
        with session(self.database) as opened:
            delete_contribution(opened, contribution_id)
        return True


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
