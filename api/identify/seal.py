"""A look that its caller keeps: sealed so that nobody but this service can read, change or outlive it.

Fernet (AES-128-CBC and HMAC-SHA256, with the time of sealing) over a byte for the version of the format, a line of JSON
and the embeddings as little-endian float16. The server keeps nothing.
"""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import numpy as np
from cryptography.fernet import Fernet, InvalidToken
from pydantic import TypeAdapter

from api.identify.look import Look, SeenFace
from api.problems import Kind, Problem

VERSION = b"\x01"
"""Of the format: a service of another one asks for the picture again."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """All of a look but its embeddings, and the model that these are of."""

    model_key: str
    at: datetime
    frames: tuple[tuple[int, int], ...]
    shown: int
    faces: tuple[SeenFace, ...]


_SHEET = TypeAdapter(_Sheet)


class Sealer:
    """Seals looks of one model, and opens those that were sealed with the same secret at most `lifetime` ago."""

    def __init__(self, secret: str | None, *, model_key: str, dimension: int, lifetime: timedelta) -> None:
        """Without a secret, a random one: then only this process can open what it sealed."""
        key = urlsafe_b64encode(sha256(secret.encode()).digest()) if secret else Fernet.generate_key()
        self._fernet, self._lifetime = Fernet(key), lifetime
        self._model_key, self._dimension = model_key, dimension

    def seal(self, look: Look) -> str:
        """A token for the look, URL-safe."""
        sheet = _SHEET.dump_json(_Sheet(self._model_key, look.at, look.frames, look.shown, look.faces))
        return self._fernet.encrypt(VERSION + sheet + b"\n" + look.embeddings.astype("<f2").tobytes()).decode()

    def open(self, token: str) -> Look:
        """The look that was sealed; `Problem` when it has expired, is not ours, or is of another model or format."""
        try:
            content = self._fernet.decrypt(token.encode(), ttl=int(self._lifetime.total_seconds()))
        except InvalidToken:
            raise Problem(Kind.LOOK_EXPIRED, "`look` has expired, or was not sealed by this service") from None
        sheet, _, rows = content.removeprefix(VERSION).partition(b"\n")
        if not content.startswith(VERSION):
            raise Problem(Kind.LOOK_EXPIRED, "`look` is of another version of this service")
        opened = _SHEET.validate_json(sheet)
        if opened.model_key != self._model_key:
            raise Problem(Kind.LOOK_EXPIRED, f"`look` is of model {opened.model_key}, not {self._model_key}")
        embeddings = np.frombuffer(rows, "<f2").astype(np.float32).reshape(-1, self._dimension)
        return Look(opened.at, opened.frames, opened.shown, opened.faces, embeddings)

    def expires_at(self, token: str) -> datetime:
        """Until when a sealed look can be opened, aware UTC."""
        sealed_at = self._fernet.extract_timestamp(token.encode())
        return datetime.fromtimestamp(sealed_at, UTC) + self._lifetime
