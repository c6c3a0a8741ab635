"""Secret keys in query strings, kept out of everything that stores or logs a URL.

`redact` replaces a key by a placeholder as soon as a URL comes in; `restore` puts the key back at the last moment, into
the request line that is sent. The cache, the log and error messages in between only ever see the placeholder.
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
    """The keys of this process, by host: a key is only ever sent to the host that it was given for."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, str], str] = {}

    def redact(self, url: str) -> str:
        """`url` with its keys replaced by placeholders: equal keys get equal placeholders, different keys do not."""
        host = _host(url)
        return _KEY.sub(lambda match: match["name"] + self._placeholder(host, match["value"]), url)

    def restore(self, host: str, target: str) -> str:
        """`target` (path and query) with the keys of `host` in place of their placeholders."""
        return _PLACEHOLDER.sub(lambda match: self._values.get((host, match[0]), match[0]), target)

    def _placeholder(self, host: str, value: str) -> str:
        if _PLACEHOLDER.fullmatch(value):
            return value
        placeholder = f"hidden-{hashlib.sha256(value.encode()).hexdigest()[:16]}"
        self._values[host, placeholder] = value
        return placeholder


def _host(url: str) -> str:
    """The host, spelled as a connection spells it; empty for an invalid URL, whose keys are then sent nowhere."""
    try:
        return (parse_url(url).host or "").strip("[].")
    except LocationParseError:
        return ""
