"""Valid keys: those that any file system can hold, and S3 under a prefix."""

import re

from storage.base import InvalidKey

MAX_KEY_CHARACTERS = 512
MAX_PART_CHARACTERS = 255

_PART = re.compile(r"[A-Za-z0-9._=-]+")


def check_key(key: str) -> str:
    """Return the key. Raises `InvalidKey` when it is not a relative path of plain parts."""
    parts = key.split("/")
    if len(key) > MAX_KEY_CHARACTERS or not all(_is_part(part) for part in parts):
        raise InvalidKey(
            f"{key[:80]!r} is not a storage key: use at most {MAX_KEY_CHARACTERS} characters, as parts of letters, "
            f"digits and '._=-' (at most {MAX_PART_CHARACTERS} each, not '.' or '..') joined by '/'"
        )
    return key


def check_prefix(prefix: str) -> str:
    """Return the prefix, which may end within a part. Raises `InvalidKey` when no key can start with it."""
    if prefix:
        check_key(prefix + "x" if prefix.endswith(("/", ".")) else prefix)
    return prefix


def is_key(text: str) -> bool:
    """Whether `check_key` accepts it."""
    try:
        check_key(text)
    except InvalidKey:
        return False
    return True


def _is_part(part: str) -> bool:
    return len(part) <= MAX_PART_CHARACTERS and bool(_PART.fullmatch(part)) and part not in {".", ".."}
