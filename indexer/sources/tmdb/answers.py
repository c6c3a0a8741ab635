"""Parses the answers of the TMDB API, version 3 (https://developer.themoviedb.org/reference)."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import TypeAlias

from pydantic import Field, TypeAdapter

from indexer.sources.ids import present
from indexer.sources.json_answers import Day, Entries, Number, Shape, Text, read_json
from indexer.sources.protocols import CastRecord, Ids, PastCredit, PhotoRecord, ProgrammeRecord
from indexer.sources.records import Kind, LatestCreditRecord

LICENCE = "TMDB terms of use"
CREDIT = "TMDB"
KEEP_FOR = timedelta(days=180)
"""The terms of use allow six months."""
PORTRAIT_SIZE = "h632"
"""The largest size of a portrait below the original."""

Portrait: TypeAlias = Callable[[str], PhotoRecord]
"""Makes a photo record from the path in an answer."""

_NOT_FICTION = frozenset({99, 10763, 10764, 10767})  # documentary, news, reality, talk
_VOICE = re.compile(r"\((?:[^)]*\s)?(?:voice|voix)\b[^)]*\)", re.IGNORECASE)


class _Images(Shape):
    secure_base_url: str
    profile_sizes: list[str]


class _Configuration(Shape):
    images: _Images


class _Work(Shape):
    """A film has a title and a release date, a series a name and a first air date."""

    id: Number
    media_type: Text = None
    title: Text = None
    original_title: Text = None
    name: Text = None
    original_name: Text = None
    release_date: Day = None
    first_air_date: Day = None
    genre_ids: tuple[int, ...] = ()

    @property
    def path(self) -> str:
        """`movie` or `tv`, by the media type or else by the fields present."""
        return self.media_type or ("movie" if self.title else "tv")

    @property
    def titles(self) -> tuple[str, ...]:
        """The title in the requested language, then the original one."""
        titles = (self.title, self.name, self.original_title, self.original_name)
        return tuple(dict.fromkeys(title for title in titles if title))

    @property
    def dated(self) -> date | None:
        """The date of the release or first airing."""
        return self.release_date or self.first_air_date

    @property
    def kind(self) -> Kind:
        """`film` for every film; `series` for fiction on TV, `other` for the rest."""
        if self.path == "movie":
            return "film"
        return "other" if _NOT_FICTION.intersection(self.genre_ids) else "series"


class _Search(Shape):
    results: Entries[_Work]


class _Numbered(Shape):
    id: Number


class _FoundEpisode(Shape):
    show_id: Number


class _Find(Shape):
    movie_results: list[_Numbered]
    tv_results: list[_Numbered]
    person_results: list[_Numbered]
    tv_episode_results: tuple[_FoundEpisode, ...] = ()


class _Role(Shape):
    character: Text = None


class _CastMember(Shape):
    """The aggregate credits of a series have `roles`, other credits a `character`."""

    id: Number
    name: Text
    profile_path: Text = None
    order: Number | None = None
    character: Text = None
    roles: tuple[_Role, ...] = ()

    @property
    def characters(self) -> list[str]:
        """Every character once, in order."""
        return list(dict.fromkeys(text for text in (self.character, *(role.character for role in self.roles)) if text))


class _Credits(Shape):
    cast: Entries[_CastMember]


class _ExternalIds(Shape):
    id: Number
    imdb_id: Text = None
    wikidata_id: Text = None


class _Profile(Shape):
    file_path: Text


class _Profiles(Shape):
    profiles: Entries[_Profile]


class _PastPart(_Work):
    media_type: Text = Field()
    character: Text = None
    first_credit_air_date: Day = None

    @property
    def dated(self) -> date | None:
        """The date of the release, or of the first airing with this person where known, else of the first airing."""
        return self.release_date or self.first_credit_air_date or self.first_air_date


class _CombinedCredits(Shape):
    cast: Entries[_PastPart]


_CONFIGURATION = TypeAdapter(_Configuration)
_SEARCH = TypeAdapter(_Search)
_FIND = TypeAdapter(_Find)
_CREDITS = TypeAdapter(_Credits)
_EXTERNAL_IDS = TypeAdapter(_ExternalIds)
_PROFILES = TypeAdapter(_Profiles)
_COMBINED_CREDITS = TypeAdapter(_CombinedCredits)


def parse_configuration(content: bytes) -> Portrait:
    """`/configuration`: the base address and size of portraits."""
    images = read_json(_CONFIGURATION, content, "TMDB configuration").images
    size = PORTRAIT_SIZE if PORTRAIT_SIZE in images.profile_sizes else "original"
    prefix = images.secure_base_url.rstrip("/")
    return lambda path: PhotoRecord(f"{prefix}/{size}{path}", "portrait", LICENCE, CREDIT, keep_for=KEEP_FOR)


def parse_search(content: bytes) -> list[ProgrammeRecord]:
    """`/search/multi`, `/search/tv` or `/search/movie`: the works found, best first. People are left out."""
    works = read_json(_SEARCH, content, "TMDB search").results
    return [_programme(work) for work in works if work.path in ("movie", "tv") and work.titles]


def parse_find(content: bytes) -> str | None:
    """`/find/:id`: the TMDB id, such as `tv/1396` or `person/33`; for an episode, the id of its series."""
    found = read_json(_FIND, content, "TMDB answer about an id")
    candidates: list[tuple[str, int]] = [
        *(("movie", work.id) for work in found.movie_results),
        *(("tv", work.id) for work in found.tv_results),
        *(("tv", episode.show_id) for episode in found.tv_episode_results),
        *(("person", person.id) for person in found.person_results),
    ]
    return "/".join(map(str, candidates[0])) if candidates else None


def parse_cast(content: bytes, portrait: Portrait) -> list[CastRecord]:
    """`/tv/:id/aggregate_credits` or `/movie/:id/credits`, in billing order, without voice-only parts."""
    members = [member for member in read_json(_CREDITS, content, "TMDB cast").cast if member.name and _is_seen(member)]
    billed = sorted(members, key=lambda member: len(members) if member.order is None else member.order)
    return [_cast_record(member, position, portrait) for position, member in enumerate(billed)]


def parse_external_ids(content: bytes) -> Ids:
    """`/person/:id/external_ids`: the person's ids in other systems."""
    ids = read_json(_EXTERNAL_IDS, content, "TMDB list of ids")
    return present(imdb=ids.imdb_id, wikidata=ids.wikidata_id)


def parse_images(content: bytes, portrait: Portrait) -> list[PhotoRecord]:
    """`/person/:id/images`: the person's portraits, best rated first."""
    profiles = read_json(_PROFILES, content, "TMDB list of portraits").profiles
    return [portrait(profile.file_path) for profile in profiles if profile.file_path]


def parse_past_credits(content: bytes) -> list[PastCredit]:
    """`/person/:id/combined_credits`: dated on-screen parts, newest first."""
    parts = read_json(_COMBINED_CREDITS, content, "TMDB list of credits").cast
    return sorted(_past_credits(parts), key=lambda credit: credit.dated, reverse=True)


def _programme(work: _Work) -> ProgrammeRecord:
    year = work.dated.year if work.dated else None
    url = f"https://www.themoviedb.org/{work.path}/{work.id}"
    return ProgrammeRecord(work.titles, work.kind, year, {"tmdb": f"{work.path}/{work.id}"}, url=url)


def _is_seen(member: _CastMember) -> bool:
    return not member.characters or any(not _VOICE.search(character) for character in member.characters)


def _cast_record(member: _CastMember, position: int, portrait: Portrait) -> CastRecord:
    role = " / ".join(character for character in member.characters if not _VOICE.search(character))
    photos = (portrait(member.profile_path),) if member.profile_path else ()
    return CastRecord(member.name or "", "actor", role or None, position, {"tmdb": f"person/{member.id}"}, photos)


def _past_credits(parts: list[_PastPart]) -> Iterator[PastCredit]:
    for part in parts:
        if part.dated is None or not part.titles or _VOICE.search(part.character or ""):
            continue
        opened = part.release_date or part.first_air_date or part.dated
        credit = LatestCreditRecord(part.titles[0], opened.year, part.character)
        yield PastCredit(credit, part.dated, {"tmdb": f"{part.path}/{part.id}"})
