"""The sixth step of a picture's path: seal the look, so that the caller can keep it and ask again without the picture.

Only this service can read or change a sealed look, and it expires. The service stores nothing of it.

The token is Fernet (AES-128-CBC and HMAC-SHA256, with the time of sealing) over one byte for the version of the format,
a line of JSON, and the embeddings as little-endian float16.
"""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import numpy as np
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import TypeAdapter

from api.identify.look import Look, SeenFace
from api.problems import Kind, Problem

VERSION = b"\x01"
"""The version of the format. A look of another version cannot be opened: the caller must send the picture again."""


@dataclass(frozen=True, slots=True)
class _Header:
    """The JSON of a sealed look: all of it but its embeddings, and the key of the model that made these."""

    model_key: str
    at: datetime
    frames: tuple[tuple[int, int], ...]
    shown: int
    faces: tuple[SeenFace, ...]


_HEADER = TypeAdapter(_Header)


class Sealer:
    """Seals looks of one model, and opens looks that were sealed with one of its secrets at most `lifetime` ago."""

    def __init__(self, *secrets: str, model_key: str, dimension: int, lifetime: timedelta) -> None:
        """The first secret seals, and all of them open: so a secret can be replaced while looks are out.

        Without any, a random one is used: then only this process can open what it sealed.
        """
        keys = [urlsafe_b64encode(sha256(secret.encode()).digest()) for secret in secrets] or [Fernet.generate_key()]
        self._fernet, self._lifetime = MultiFernet([Fernet(key) for key in keys]), lifetime
        self._model_key, self._dimension = model_key, dimension

    def seal(self, look: Look) -> str:
        """Seal the look to a URL-safe token."""
        header = _HEADER.dump_json(_Header(self._model_key, look.at, look.frames, look.shown, look.faces))
        return self._fernet.encrypt(VERSION + header + b"\n" + look.embeddings.astype("<f2").tobytes()).decode()

    def open(self, token: str) -> Look:
        """The look in the token; `Problem` when it has expired, was not sealed by this service, or has another model or
        format version."""
        try:
            content = self._fernet.decrypt(token.encode(), ttl=int(self._lifetime.total_seconds()))
        except InvalidToken:
            raise Problem(Kind.LOOK_EXPIRED, "`look` has expired, or was not sealed by this service") from None
        header, _, rows = content.removeprefix(VERSION).partition(b"\n")
        if not content.startswith(VERSION):
            raise Problem(Kind.LOOK_EXPIRED, "`look` is of another version of this service")
        opened = _HEADER.validate_json(header)
        if opened.model_key != self._model_key:
            raise Problem(Kind.LOOK_EXPIRED, f"`look` is of model {opened.model_key}, not {self._model_key}")
        embeddings = np.frombuffer(rows, "<f2").astype(np.float32).reshape(-1, self._dimension)
        return Look(opened.at, opened.frames, opened.shown, opened.faces, embeddings)

    def expires_at(self, token: str) -> datetime:
        """When the token expires, aware UTC."""
        sealed_at = self._fernet.extract_timestamp(token.encode())
        return datetime.fromtimestamp(sealed_at, UTC) + self._lifetime
