"""Contributions: pictures that their senders allow the service to keep for a time, to improve it.

A contribution is stored after its answer was made, expires by itself and can be withdrawn earlier. Nothing else of an
upload is ever stored.
"""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import Engine

from db.engine import session
from db.errors import DatabaseError
from db.queries.contributions import (
    ContributionRow,
    contribution_keys,
    delete_contribution,
    pictures_kept,
    record_contribution,
)
from faces.metadata import strip_metadata
from storage.base import Storage, StorageError

log = structlog.get_logger(__name__)
PREFIX = "contributions"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender needs to withdraw a contribution. The service stores only a hash of the secret."""

    id: str
    secret: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Contributions:
    """Store contributed pictures for `days` days; with 0, it stores none. At most `at_most` are stored at the same
    time; with 0, any number."""

    database: Engine
    storage: Storage
    days: int
    at_most: int = 0

    def add(
        self,
        pictures: Sequence[bytes],
        *,
        region: str | None,
        at: datetime | None,
        model_key: str,
        named: Collection[int],
    ) -> Receipt | None:
        """Store the pixels of the pictures with what was asked and the ids of the people `named` in the answer; no
        file name, no address, no coordinates.

        Returns None when nothing is stored, because the settings say so, because enough is stored already, or because
        the database or the storage fails: the sender gets the answer all the same, and what was stored in part
        expires like the rest.
        Raises `PictureError`.
        """
        if not self.days:
            return None
        now = datetime.now(UTC)
        receipt = Receipt(secrets.token_hex(16), secrets.token_urlsafe(24), now + timedelta(days=self.days))
        objects = {f"{PREFIX}/{receipt.id}/{number}.jpg": strip_metadata(data) for number, data in enumerate(pictures)}
        row = ContributionRow(
            id=receipt.id,
            object_keys=list(objects),
            secret_sha256=_digest(receipt.secret),
            region_code=region,
            at=at,
            model_key=model_key,
            named=sorted(named),
            kept_at=now,
            expires_at=receipt.expires_at,
        )
        try:
            with session(self.database) as opened:
                if self.at_most and pictures_kept(opened) + len(objects) > self.at_most:
                    log.warning("picture not kept", why=f"{self.at_most} are kept already")
                    return None
                record_contribution(opened, row)
            for key, data in objects.items():
                self.storage.put(key, data)
        except (DatabaseError, StorageError) as error:
            log.warning("picture not kept", error=str(error))
            return None
        return receipt

    def withdraw(self, contribution_id: str, secret: str) -> bool:
        """Delete the pictures and their row; False when there is no contribution with that id and secret (any more)."""
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
