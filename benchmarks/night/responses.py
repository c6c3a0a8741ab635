"""The responses of TMDB, TVmaze, Wikidata and Wikimedia Commons about a world, in the format of recorded ones."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.night.pictures import (
    Album,
    Picture,
    free_picture_of,
    is_free,
    portrait_of,
    profiles_of,
    still_of,
)
from benchmarks.night.world import PART_OF_MANY, Human, Part, Work, World
from indexer.sources.records import Kind

Query = Mapping[str, str]
HOSTS = (
    "tmdb", "tvmaze", "wikidata", "commons", "tmdb-pictures", "tvmaze-pictures", "commons-pictures", "guide",
)  # fmt: skip
PAST = 50_000
"""The number of the first past work. There is one for every few people, in no guide."""
_TYPES: Mapping[Kind, str] = {"series": "Scripted", "other": "Reality", "film": "Scripted"}
_GENRES: Mapping[Kind, list[int]] = {"series": [18], "other": [10767], "film": [18]}
_MISSING_EPISODE = 5


class Missing(LookupError):
    """The world has nothing at this address: the reply is 404."""


class NoSuchEndpoint(LookupError):
    """The source has no such endpoint: the indexer should not have asked."""


class Responses:
    """The responses by host, path and query. `url` returns the base URL of a host."""

    def __init__(self, world: World, album: Album, url: Callable[[str], str]) -> None:
        self._world, self._album, self._url = world, album, url
        self._works = {work.number: work for work in world.works}
        self._broken: dict[tuple[str, str], int] = {
            (picture.host, picture.path): place
            for human in world.people
            for place, picture in enumerate(profiles_of(human))
            if not picture.is_available
        }
        self._routes: dict[str, list[tuple[str, Callable[..., Any]]]] = {
            "tmdb": [
                (r"/configuration", self._configuration),
                (r"/search/(multi|movie|tv)", self._tmdb_search),
                (r"/(?:tv|movie)/(\d+)/(?:aggregate_)?credits", self._tmdb_cast),
                (r"/person/(\d+)/images", self._tmdb_images),
                (r"/person/(\d+)/combined_credits", self._tmdb_career),
                (r"/person/(\d+)/external_ids", self._tmdb_ids),
            ],
            "tvmaze": [
                (r"/search/shows", self._tvmaze_search),
                (r"/shows/(\d+)", self._tvmaze_show),
                (r"/shows/(\d+)/cast", self._tvmaze_cast),
                (r"/shows/(\d+)/akas", self._tvmaze_titles),
                (r"/shows/(\d+)/episodebynumber", self._tvmaze_episode),
                (r"/episodes/(\d+)/guestcast", self._tvmaze_guests),
                (r"/people/(\d+)", self._tvmaze_person),
                (r"/people/(\d+)/castcredits", self._tvmaze_career),
            ],
            "wikidata": [
                (r"/w/api\.php", self._wikidata_search),
                (r"/wiki/Special:EntityData/Q(\d+)\.json", self._entity),
            ],
            "commons": [(r"/w/api\.php", self._file)],
        }

    def respond(self, host: str, path: str, query: Query) -> bytes:
        """The body of the response. Raises `Missing` and `NoSuchEndpoint`."""
        if host.endswith("-pictures"):
            return self._picture(host, path)
        for pattern, reply in self._routes.get(host, ()):
            if found := re.fullmatch(pattern, path):
                return json.dumps(reply(query, *found.groups())).encode()
        raise NoSuchEndpoint(f"{host} has no {path}")

    def _picture(self, host: str, path: str) -> bytes:
        broken = self._broken.get((host, path))
        if broken == 1:
            raise Missing(path)
        return b"<html>no picture</html>" if broken else self._album.picture(path)

    def _address(self, picture: Picture | None) -> str | None:
        return self._url(picture.host) + picture.path if picture else None

    def _human(self, number: str, first: int, source: str) -> Human:
        place = int(number) - first
        if not 0 <= place < len(self._world.people) or source not in self._world.people[place].coverage.known_to:
            raise Missing(number)
        return self._world.people[place]

    def _work(self, number: str, source: str) -> Work:
        work = self._works.get(int(number) % PAST)
        if work is None or not work.is_known_to(source):
            raise Missing(number)
        return work

    # TMDB

    def _configuration(self, query: Query) -> Any:
        sizes = ["w45", "w185", "h632", "original"]
        return {"images": {"secure_base_url": f"{self._url('tmdb-pictures')}/", "profile_sizes": sizes}}

    def _tmdb_search(self, query: Query, kind: str) -> Any:
        works = [_tmdb_work(work) for work in self._world.search(query["query"], "tmdb")]
        found = [work for work in works if kind in ("multi", work["media_type"])]
        return {"page": 1, "results": found, "total_pages": 1, "total_results": len(found)}

    def _tmdb_cast(self, query: Query, number: str) -> Any:
        if int(number) >= PAST:
            first = (int(number) - PAST) * PART_OF_MANY
            people = [it for it in self._world.people[first : first + PART_OF_MANY] if "tmdb" in it.coverage.known_to]
            parts = [Part(human, "Lead") for human in people]
        else:
            parts = self._work(number, "tmdb").cast_at("tmdb")
        return {"id": int(number), "cast": [_tmdb_member(part, place) for place, part in enumerate(parts)], "crew": []}

    def _tmdb_images(self, query: Query, number: str) -> Any:
        human = self._human(number, 100_000, "tmdb")
        if human.coverage.pictures == "gone at tmdb":
            raise Missing(number)
        profiles = [{"file_path": _tmdb_path(picture), "width": 632, "height": 948} for picture in profiles_of(human)]
        return {"id": int(number), "profiles": profiles}

    def _tmdb_career(self, query: Query, number: str) -> Any:
        human = self._human(number, 100_000, "tmdb")
        past = {
            "id": PAST + human.number // PART_OF_MANY, "media_type": "movie", "title": past_film(human),
            "original_title": past_film(human), "release_date": "2019-05-01", "character": "Lead",
        }  # fmt: skip
        return {"id": int(number), "cast": [past], "crew": []}

    def _tmdb_ids(self, query: Query, number: str) -> Any:
        human = self._human(number, 100_000, "tmdb")
        return {"id": int(number), "imdb_id": None, "wikidata_id": human.ids.get("wikidata")}

    # TVmaze

    def _tvmaze_search(self, query: Query) -> Any:
        return [{"score": 0.9, "show": _show(work)} for work in self._world.search(query["q"], "tvmaze")]

    def _tvmaze_show(self, query: Query, number: str) -> Any:
        return _show(self._work(number, "tvmaze"))

    def _tvmaze_cast(self, query: Query, number: str) -> Any:
        if int(number) >= PAST:
            return []
        work = self._work(number, "tvmaze")
        return [self._appearance(work, part) for part in work.cast_at("tvmaze")]

    def _tvmaze_titles(self, query: Query, number: str) -> Any:
        return [{"name": self._work(number, "tvmaze").title, "country": {"name": "France", "code": "FR"}}]

    def _tvmaze_episode(self, query: Query, number: str) -> Any:
        work, episode = self._work(number, "tvmaze"), (int(query["season"]), int(query["number"]))
        if episode not in work.guests or episode[1] % _MISSING_EPISODE == 0:
            raise Missing(number)
        place = list(work.guests).index(episode)
        return {"id": work.number * 1000 + place, "name": "An episode", "season": episode[0], "number": episode[1]}

    def _tvmaze_guests(self, query: Query, number: str) -> Any:
        work, place = self._work(str(int(number) // 1000), "tvmaze"), int(number) % 1000
        parts = list(work.guests.values())[place]
        return [self._appearance(work, part) for part in parts if "tvmaze" in part.human.coverage.known_to]

    def _tvmaze_person(self, query: Query, number: str) -> Any:
        return self._person(self._human(number, 200_000, "tvmaze"))

    def _tvmaze_career(self, query: Query, number: str) -> Any:
        human = self._human(number, 200_000, "tvmaze")
        show = {
            "id": PAST + human.number // PART_OF_MANY, "name": past_show(human), "type": "Scripted", "status": "Ended",
            "premiered": "2001-01-01", "ended": "2009-01-01", "externals": {},
        }  # fmt: skip
        links = {"character": {"href": "https://api.tvmaze.com/characters/1", "name": "Doctor"}}
        return [{"self": False, "voice": False, "_links": links, "_embedded": {"show": show}}]

    def _appearance(self, work: Work, part: Part) -> Any:
        still = _image(self._address(still_of(part.human, work)))
        character = {"id": part.human.number, "name": part.role, "image": still}
        return {"person": self._person(part.human), "character": character, "self": False, "voice": False}

    def _person(self, human: Human) -> Any:
        number = 200_000 + human.number
        return {"id": number, "name": human.name, "image": _image(self._address(portrait_of(human)))}

    # Wikidata and Wikimedia Commons

    def _wikidata_search(self, query: Query) -> Any:
        claim, _, number = query["srsearch"].removeprefix("haswbstatement:").partition("=")
        system, first = {"P4985": ("tmdb", 100_000), "P8600": ("tvmaze", 200_000)}[claim]
        place = int(number) - first
        known = 0 <= place < len(self._world.people) and {system, "wikidata"} <= {
            *self._world.people[place].coverage.known_to
        }
        hits = [{"ns": 0, "title": f"Q{300_000 + place}", "pageid": place}] if known else []
        return {"batchcomplete": "", "query": {"searchinfo": {"totalhits": len(hits)}, "search": hits}}

    def _entity(self, query: Query, number: str) -> Any:
        human = self._human(number, 300_000, "wikidata")
        values: dict[str, Any] = {"P31": {"id": "Q5"}}
        if human.coverage.pictures != "none":
            values["P18"] = f"Portrait {human.number}.jpg"
        for system, claim in (("tmdb", "P4985"), ("tvmaze", "P8600")):
            if system in human.ids:
                values[claim] = human.ids[system].partition("/")[2]
        claims = {claim: [{"mainsnak": {"datavalue": {"value": value}}}] for claim, value in values.items()}
        labels = {"fr": {"language": "fr", "value": human.name}}
        entity = {"type": "item", "id": f"Q{number}", "labels": labels, "aliases": [], "claims": claims}
        return {"entities": {f"Q{number}": entity}}

    def _file(self, query: Query) -> Any:
        human = self._human(re.sub(r"\D", "", query["titles"]), 0, "wikidata")
        licence = "CC BY-SA 4.0" if is_free(human) else "Fair use"
        terms = {"LicenseShortName": {"value": licence}, "Artist": {"value": f"<i>Photographer {human.number}</i>"}}
        url = self._address(free_picture_of(human)) or f"{self._url('commons-pictures')}/refused.jpg"
        info = {"url": url, "width": 480, "height": 480, "mime": "image/jpeg", "extmetadata": terms}
        return {"query": {"pages": {"7": {"pageid": 7, "ns": 6, "title": query["titles"], "imageinfo": [info]}}}}


def past_film(human: Human) -> str:
    """The title of a person's latest credit at TMDB."""
    return f"An earlier film {human.number // PART_OF_MANY}"


def past_show(human: Human) -> str:
    """The title of a person's latest credit at TVmaze."""
    return f"An earlier show {human.number // PART_OF_MANY}"


def _tmdb_work(work: Work) -> dict[str, Any]:
    titles, dated = ("title", "original_title"), "release_date"
    if work.kind != "film":
        titles, dated = ("name", "original_name"), "first_air_date"
    return {
        "id": work.number, "media_type": "movie" if work.kind == "film" else "tv", titles[0]: work.known_as,
        titles[1]: work.title, dated: f"{work.year}-05-01", "genre_ids": _GENRES[work.kind],
    }  # fmt: skip


def _tmdb_member(part: Part, order: int) -> dict[str, Any]:
    profile = next(iter(profiles_of(part.human)), None)
    return {
        "id": 100_000 + part.human.number, "name": part.human.name, "order": order,
        "profile_path": profile and _tmdb_path(profile),
        "character": part.role, "roles": [{"credit_id": "a", "character": part.role, "episode_count": 9}],
    }  # fmt: skip


def _tmdb_path(picture: Picture) -> str:
    return picture.path.removeprefix("/h632")


def _show(work: Work) -> dict[str, Any]:
    return {
        "id": work.number, "url": f"https://www.tvmaze.com/shows/{work.number}", "name": work.known_as,
        "type": _TYPES[work.kind], "status": "Running", "premiered": f"{work.year}-01-05", "ended": None,
        "externals": {"tvrage": None, "thetvdb": None, "imdb": None},
    }  # fmt: skip


def _image(url: str | None) -> dict[str, str] | None:
    return {"medium": url, "original": url} if url else None
