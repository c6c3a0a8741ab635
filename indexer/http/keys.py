"""Keys in query strings: known to the wire alone.

`hide` replaces a key by a placeholder as soon as a URL comes in, and `reveal` puts it back at the last moment, into the
request line. Whatever is in between (cache, log, error message) cannot tell what it never saw.
"""

import hashlib
import re

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

_KEY = re.compile(
    r"(?P<name>(?<=[?&])(?:api[_-]?key|key|access[_-]?token|token|sig|signature)=)(?P<value>[^&#]+)", re.I
)
_PLACEHOLDER = re.compile(r"hidden-[0-9a-f]{16}")


class Keyring:
    """The keys of this process by host: one is never sent to another host than it came for."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, str], str] = {}

    def hide(self, url: str) -> str:
        """`url` with placeholders for its keys. Different keys have different placeholders, equal ones the same."""
        host = _host(url)
        return _KEY.sub(lambda match: match["name"] + self._placeholder(host, match["value"]), url)

    def reveal(self, host: str, target: str) -> str:
        """`target` (path and query) for `host` with its keys."""
        return _PLACEHOLDER.sub(lambda match: self._values.get((host, match[0]), match[0]), target)

    def _placeholder(self, host: str, value: str) -> str:
        if _PLACEHOLDER.fullmatch(value):
            return value
        placeholder = f"hidden-{hashlib.sha256(value.encode()).hexdigest()[:16]}"
        self._values[host, placeholder] = value
        return placeholder


def _host(url: str) -> str:
    """As a connection calls it; of what is no URL, none, and its keys are sent nowhere."""
    try:
        return (parse_url(url).host or "").strip("[].")
    except LocationParseError:
        return ""
