"""Parses the text beside a name at IMDb: characters, and notes in brackets such as `(voice)` or `(as Chris Scott)`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from indexer.sources.markup import tidy

_BRACKETS = re.compile(r"\s*\(((?:[^()]|\([^()]*\))*)\)")
_NOTE = re.compile(
    r"as\s|also as\s|uncredited|unconfirmed|rumou?red|archive|credit only|scenes? deleted|(?:\d+|unknown) episodes?\b"
    r"|(?:.*[\s:,])?voice\b",
    re.IGNORECASE,
)
_OFF_SCREEN = re.compile(r"(?:.*[\s:,])?voice\b|credit only|scenes? deleted", re.IGNORECASE)
_EPISODES = re.compile(r"\s*\b\d+ episodes?\b.*", re.IGNORECASE)
_MORE = re.compile(r"[.…\s]*")


@dataclass(frozen=True, slots=True)
class Part:
    """The characters that somebody plays, separated by ` / `, and whether any of them is on screen."""

    role: str | None
    on_screen: bool


def read_part(characters: Iterable[str], notes: Iterable[str] = ()) -> Part:
    """The part, from `characters` (each may hold several, with notes of their own) and the notes on the whole credit.

    It is off screen when all characters are only voices, were cut, or are credited without appearing.
    """
    parts = [part for text in characters for part in (tidy(text) or "").split(" / ")]
    named = [(without_notes(part), _is_off_screen(part)) for part in parts]
    roles = [role for role, _ in named if role]
    off_screen = any(_is_off_screen(note) for note in notes) or (bool(named) and all(off for _, off in named))
    return Part(" / ".join(dict.fromkeys(roles)) or None, on_screen=not off_screen)


def without_notes(text: str) -> str:
    """The character's name without notes; brackets that are part of the name stay."""
    bare = _BRACKETS.sub(lambda found: "" if _NOTE.match(found[1].strip()) else found[0], text)
    name = tidy(_EPISODES.sub("", bare)) or ""
    return "" if _MORE.fullmatch(name) else name


def _is_off_screen(text: str) -> bool:
    return any(_OFF_SCREEN.match(note.strip()) for note in _BRACKETS.findall(text))
