"""Serves reference photos from storage, after checking that each is a picture and has the expected digest."""

import hashlib

from fastapi import Response

from api.problems import Kind, Problem
from storage.base import ObjectNotFound, ObjectTooLarge, Storage, StorageUnavailable

MAX_PHOTO_BYTES = 32 * 1024 * 1024
SIGNATURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"RIFF": "image/webp", b"GIF8": "image/gif"}


def photo_response(storage: Storage, object_key: str, sha256: str) -> Response:
    """The response with the photo at `object_key`; `Problem` when it is not stored (any more) or has another digest."""
    try:
        data = storage.get(object_key, max_bytes=MAX_PHOTO_BYTES)
    except (ObjectNotFound, ObjectTooLarge):
        raise Problem(Kind.UNKNOWN_PHOTO, "The photo is no longer stored") from None
    except StorageUnavailable:
        raise Problem(Kind.NOT_READY, "The store of photos does not answer", headers={"Retry-After": "5"}) from None
    media_type = next((name for magic, name in SIGNATURES.items() if data.startswith(magic)), None)
    if media_type is None or hashlib.sha256(data).hexdigest() != sha256:
        raise Problem(Kind.UNKNOWN_PHOTO, "What is stored is not that photo")
    return Response(data, media_type=media_type, headers={"Cache-Control": "private, max-age=3600, immutable"})
