"""The interface of a storage, and its errors. Every implementation passes `tests/integration/storage`."""

from collections.abc import Iterator
from typing import Protocol


class StorageError(Exception):
    """Base of this package's errors.

    StorageError
    ├── ObjectNotFound
    ├── ObjectTooLarge
    ├── InvalidKey
    ├── InvalidStorageUrl
    └── StorageUnavailable
    """


class ObjectNotFound(StorageError):
    """No object has this key."""


class ObjectTooLarge(StorageError):
    """The object is larger than the caller allows; it was not read."""


class InvalidKey(StorageError):
    """The key could lead out of the folder, or not every storage could hold it."""


class InvalidStorageUrl(StorageError):
    """The address is neither a folder nor an S3 bucket."""


class StorageUnavailable(StorageError):
    """The storage could not be reached, refused the credentials, or has no space left."""


class Storage(Protocol):
    """A flat store of immutable objects.

    Keys are relative POSIX paths of `[A-Za-z0-9._=-]` parts (no empty, `.` or `..` part; at most 255 characters
    a part and 512 in all); anything else raises `InvalidKey`. No key may be the folder of another (`a` beside
    `a/b`). Any method may raise `StorageUnavailable`.
    """

    def put(self, key: str, data: bytes) -> None:
        """Store `data` durably. A reader sees the whole object or none of it, even after a crash."""

    def get(self, key: str, *, max_bytes: int) -> bytes:
        """Read an object. Raises `ObjectNotFound`, and `ObjectTooLarge` when it is over `max_bytes`."""

    def size(self, key: str) -> int | None:
        """The object's size in bytes, or None when there is no such object."""

    def delete(self, key: str) -> None:
        """Remove the object; no error when it is already gone."""

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Every key that starts with `prefix`, in lexicographic order."""
