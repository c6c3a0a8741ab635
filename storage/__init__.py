"""Storage of objects by key, in a local folder or in S3.

- `base`: what every storage does, and its errors. `keys`: which keys are valid.
- `folder`, `s3`: the two implementations; `open_storage` chooses by the URL.
"""

import re
from pathlib import Path

from storage.base import InvalidStorageUrl, Storage
from storage.folder import FolderStorage

_S3_URL = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(/(?P<prefix>[A-Za-z0-9._=/-]*))?")


def open_storage(url: str, *, s3_endpoint: str | None = None) -> Storage:
    """The storage at `url`: the path of a folder, or `s3://bucket/prefix` (at `s3_endpoint`, if it is not Amazon's).

    Nothing is created or requested yet. Raises `InvalidStorageUrl` for anything else.
    """
    if url.startswith("s3://"):
        return _open_s3(url, s3_endpoint)
    if not url or "://" in url:
        raise InvalidStorageUrl(f"{url!r} is not a storage: give the path of a folder, or s3://bucket/prefix")
    return FolderStorage(Path(url).expanduser())


def _open_s3(url: str, endpoint: str | None) -> Storage:
    from storage.s3 import S3Storage  # importing boto3 is slow: only users of S3 wait for it

    match = _S3_URL.fullmatch(url)
    if not match:
        raise InvalidStorageUrl(f"{url!r} is not an S3 address: write s3://bucket or s3://bucket/prefix")
    if endpoint is not None and not endpoint.startswith(("http://", "https://")):
        raise InvalidStorageUrl(f"{endpoint!r} is not an S3 endpoint: write http://host:port or https://host")
    return S3Storage(match["bucket"], (match["prefix"] or "").strip("/"), endpoint=endpoint)
