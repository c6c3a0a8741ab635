"""Parses IMDb's search results: its find page, the JSON of its search API, and the suggestions of its search box."""

from collections.abc import Mapping
from typing import Any

from indexer.errors import PageChanged
from indexer.sources.imdb.next_data import dig, load_json, mappings, next_data, nodes
from indexer.sources.markup import decoded, tree_of
from indexer.sources.protocols import ProgrammeRecord
from indexer.sources.records import Kind

KINDS: Mapping[str, Kind] = {
    "movie": "film",
    "tvmovie": "film",
    "short": "film",
    "tvshort": "film",
    "video": "film",
    "tvseries": "series",
    "tvminiseries": "series",
    "tvspecial": "other",
    "tvpilot": "other",
}
"""IMDb's title types, folded, that are programmes in themselves; episodes, games and podcasts are not."""

_CONTAINERS = ("titleResults", "mainSearch", "d")
_WRAPPERS = ("entity", "listItem")


def parse_search(content: bytes, *, encoding: str | None = None) -> tuple[ProgrammeRecord, ...]:
    """The films and series found, best first; empty when the search found none.

    Raises `PageChanged` when this is not a search result.
    """
    text = decoded(content, encoding)
    data = load_json(text) if text.lstrip().startswith("{") else next_data(tree_of(text))
    containers = [group[name] for _, group in mappings(data) for name in _CONTAINERS if name in group]
    if not containers:
        raise PageChanged(f"IMDb's search has none of {', '.join(_CONTAINERS)} in its JSON.")
    records = [_title(entry) for container in containers for entry in _entries(container)]
    return tuple({record.ids["imdb"]: record for record in records if record}.values())


def _entries(container: Any) -> list[Mapping[str, Any]]:
    """The results without their wrappers, and without titles nested in them, such as "known for"."""
    found = nodes(container) or nodes(dig(container, "results"))
    return [next((entry[name] for name in _WRAPPERS if isinstance(entry.get(name), dict)), entry) for entry in found]


def _title(entry: Mapping[str, Any]) -> ProgrammeRecord | None:
    title_id = entry.get("id") or entry.get("titleId")
    title = _text(entry, "titleText", "titleNameText", "l")
    kind = KINDS.get(_type(entry))
    if not isinstance(title_id, str) or not title_id.startswith("tt") or title is None or kind is None:
        return None
    original = _text(entry, "originalTitleText")
    return ProgrammeRecord(
        titles=tuple(dict.fromkeys(name for name in (title, original) if name)),
        kind=kind,
        year=_year(entry),
        ids={"imdb": title_id},
        cast_names=_cast_names(entry),
        url=f"https://www.imdb.com/title/{title_id}/",
    )


def _text(entry: Mapping[str, Any], *names: str) -> str | None:
    values = (entry.get(name) for name in names)
    texts = (dig(value, "text") if isinstance(value, dict) else value for value in values)
    return next((text for text in texts if isinstance(text, str) and text), None)


def _type(entry: Mapping[str, Any]) -> str:
    """The title type, folded, such as `tvseries`; the find page omits it for a film."""
    named = dig(entry, "titleType", "id") or entry.get("qid") or entry.get("titleTypeText") or "movie"
    return str(named).replace(" ", "").casefold()


def _year(entry: Mapping[str, Any]) -> int | None:
    release = entry.get("releaseYear")
    values = (dig(release, "year"), release, entry.get("y"), str(entry.get("titleReleaseText") or "")[:4])
    years = (int(value) for value in values if isinstance(value, int) or (isinstance(value, str) and value.isdecimal()))
    return next(years, None)


def _cast_names(entry: Mapping[str, Any]) -> tuple[str, ...]:
    named = entry.get("topCredits") or str(entry.get("s") or "").split(", ")
    return tuple(name for name in named if isinstance(name, str) and name) if isinstance(named, list) else ()
