"""The languages of the pages: one file of strings each, used by the templates and by the page's own modules."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from api.web import WEB

FALLBACK = "en"

Strings: TypeAlias = Mapping[str, Any]
"""What a page says, by nested keys; `{name}` in a string stands for a value."""


def load_strings(folder: Path = WEB / "static" / "strings") -> Mapping[str, Strings]:
    """The strings by language (`en`, `fr`)."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}


def preferred(accept_language: str, offered: Mapping[str, Strings]) -> str:
    """The offered language that an `Accept-Language` header (RFC 9110, 12.5.4) likes best; else English."""
    ranges = (_range(part) for part in accept_language.split(","))
    liked = {language: quality for language, quality in reversed(list(ranges)) if language in offered}
    best = max(liked, key=lambda language: liked[language], default=FALLBACK)
    return best if liked.get(best) else FALLBACK


def _range(part: str) -> tuple[str, float]:
    """`fr-CA;q=0.8` as (`fr`, 0.8); what cannot be read weighs nothing."""
    tag, _, weight = part.partition(";")
    language = tag.strip().lower().partition("-")[0]
    try:
        return language, float(weight.strip().removeprefix("q=") or 1)
    except ValueError:
        return language, 0.0
