"""The languages of the pages. The texts of each language are one file, which templates and JavaScript modules use."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from api.web import WEB

FALLBACK = "en"

Strings: TypeAlias = Mapping[str, Any]
"""The texts of the pages, by nested keys; `{name}` in a text stands for a value."""


def load_strings(folder: Path = WEB / "static" / "strings") -> Mapping[str, Strings]:
    """The texts of each language (`en`, `fr`)."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}


def preferred(accept_language: str, offered: Mapping[str, Strings]) -> str:
    """The offered language that the `Accept-Language` header (RFC 9110, 12.5.4) prefers; English when there is none."""
    ranges = (_range(part) for part in accept_language.split(","))
    liked = {language: quality for language, quality in reversed(list(ranges)) if language in offered}
    best = max(liked, key=lambda language: liked[language], default=FALLBACK)
    return best if liked.get(best) else FALLBACK


def _range(part: str) -> tuple[str, float]:
    """Parse `fr-CA;q=0.8` as (`fr`, 0.8). A weight that cannot be parsed is 0."""
    tag, _, weight = part.partition(";")
    language = tag.strip().lower().partition("-")[0]
    try:
        return language, float(weight.strip().removeprefix("q=") or 1)
    except ValueError:
        return language, 0.0
