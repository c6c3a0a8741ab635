"""Every question that any source is ever asked, with an answer to it: a new source adds its own to the table."""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image
from pydantic import SecretStr

from indexer.http import HttpClient
from indexer.listings.reader import GuideReader
from indexer.photos.pictures import fetch, picture_in
from indexer.regions.listings import Listings, PageListings, TvmazeListings, XmltvListings
from indexer.settings import IndexerSettings
from indexer.sources.imdb.casts import ImdbCasts
from indexer.sources.imdb.datasets import ImdbDatasets
from indexer.sources.imdb.rows import Wanted
from indexer.sources.records import Listing
from indexer.sources.registry import BASE_URLS, Sources, open_sources
from indexer.window import day_window
from storage import open_storage
from tests.paths import RECORDINGS

DAY = date(2026, 8, 20)
NAMES = ("tmdb", "tvmaze", "wikidata", "google-images", "allocine", "imdb", "imdb-datasets")
SHOW = {"id": 11, "name": "Night Shift"}
IMAGES = {"secure_base_url": "https://image.tmdb.org/t/p/", "profile_sizes": ["h632"]}
FOUND_PERSON = {"movie_results": [], "tv_results": [], "person_results": [{"id": 33}]}

Named = TypeVar("Named")


@dataclass(frozen=True)
class World:
    """All sources, as they are opened for a run, at one address."""

    url: str
    http: HttpClient
    folder: Path

    @property
    def sources(self) -> Sources:
        changes = {
            "sources": NAMES,
            "tmdb_key": SecretStr("0" * 32),
            "google_key": SecretStr("key"),
            "google_cx": "engine",
            "source_urls": {name: f"{self.url}/{name}" for name in BASE_URLS},
        }
        return open_sources(IndexerSettings().model_copy(update=changes), self.http, language="fr")

    @property
    def datasets(self) -> ImdbDatasets:
        datasets = self.sources.datasets
        assert datasets
        return datasets

    def listing(self, source: Listings) -> Listing:
        reader = GuideReader(
            self.http,
            open_storage(str(self.folder / "objects")),
            f"{self.url}/tvmaze",
            f"{self.url}/programme-television",
        )
        return reader.read(source, DAY, around=day_window(DAY, 1, "Europe/Paris"), language="fr", today=DAY)


Ask = Callable[[World], Any]


@dataclass(frozen=True)
class Question:
    """What a source is asked, at last at `path`; `before` is what it is asked first, with the answers."""

    source: str
    method: str
    path: str
    answer: bytes
    ask: Ask
    before: Mapping[str, bytes] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.source} {self.method} {self.path}"


def cast_of(name: str, system: str, value: str, **episode: int) -> Ask:
    return lambda world: named(world.sources.casts, name).cast({system: value}, **episode)


def search_in(name: str, title: str, **more: Any) -> Ask:
    return lambda world: named(world.sources.casts, name).search(title, **more)


def photos_in(name: str, **ids: str) -> Ask:
    return lambda world: named(world.sources.photos, name).photos(ids, ["Zoé Example"])


def career_in(name: str, **ids: str) -> Ask:
    return lambda world: named(world.sources.careers, name).past_credits(ids)


def person_in(name: str, **ids: str) -> Ask:
    return lambda world: named(world.sources.people, name).person(ids)


def named(sources: Sequence[Named], name: str) -> Named:
    return next(source for source in sources if getattr(source, "name", None) == name)


def recorded(name: str) -> bytes:
    return (RECORDINGS / name).read_bytes()


def packed(value: Any) -> bytes:
    return json.dumps(value).encode()


def jpeg() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (64, 64)).save(target, "JPEG")
    return target.getvalue()


GUIDE = """<?xml version="1.0" encoding="UTF-8"?><tv><channel id="1"><display-name>Été</display-name></channel>
<programme start="20260820200000 +0200" stop="20260820210000 +0200" channel="1"><title>Été</title></programme></tv>"""
SHOW_IN_TVMAZE = {"/tvmaze/shows/11": packed(SHOW)}
GUESTS = [{"person": {"id": 950, "name": "Guy Guest"}, "character": {"id": 9, "name": "The Thief"}}]
REGULARS = {**SHOW_IN_TVMAZE, "/tvmaze/shows/11/cast": recorded("tvmaze/cast-regulars.json")}
PORTRAITS = {"/tmdb/configuration": packed({"images": IMAGES})}
ENTITY = {"/wikidata/wiki/Special:EntityData/Q500.json": recorded("wikidata/entity-two_scripts.json")}
PRINCIPALS = recorded("imdb_datasets/cast-principals.tsv")
AKAS = recorded("imdb_datasets/others-akas.tsv")
BASICS = recorded("imdb_datasets/titles-basics.tsv")
PEOPLE = recorded("imdb_datasets/people-names.tsv")
CHANNEL_DAY = recorded("programme_television/day-evening.html")
CHANNELS = {"une": "Chaîne Une"}
ORBIT = Wanted("Quiet Orbit", "film", 2024)

QUESTIONS = [
    Question(
        "xmltv", "listing", "/guide.xml", GUIDE.encode(),
        lambda world: world.listing(XmltvListings("xmltv", (f"{world.url}/guide.xml",))),
    ),
    Question(
        "tvmaze", "listing", "/tvmaze/schedule", recorded("tvmaze/schedule-evening.json"),
        lambda world: world.listing(TvmazeListings("tvmaze", "FR")),
    ),
    Question(
        "programme-television", "listing", "/programme-television/tv/chaines/une/", CHANNEL_DAY,
        lambda world: world.listing(PageListings("programme-television", CHANNELS)),
    ),
    Question(
        "programme-television", "listing", "/programme-television/tv/programmes/102/port-calme",
        recorded("programme_television/programme-film.html"),
        lambda world: world.listing(PageListings("programme-television", CHANNELS, casts=True)),
        {"/programme-television/tv/chaines/une/": CHANNEL_DAY},
    ),
    Question(
        "tvmaze", "search", "/tvmaze/search/shows", recorded("tvmaze/search-two_of_one_title.json"),
        search_in("tvmaze", "Charms"),
    ),
    Question(
        "tvmaze", "search", "/tvmaze/shows/11/akas", packed([{"name": "Nachtschicht"}]),
        search_in("tvmaze", "Nachtschicht"), {"/tvmaze/search/shows": packed([{"show": SHOW}])},
    ),
    Question(
        "tvmaze", "cast", "/tvmaze/shows/11/cast", REGULARS["/tvmaze/shows/11/cast"],
        cast_of("tvmaze", "tvmaze", "shows/11"), SHOW_IN_TVMAZE,
    ),
    Question("tvmaze", "cast", "/tvmaze/shows/11", packed(SHOW), cast_of("tvmaze", "tvmaze", "shows/11"), REGULARS),
    Question(
        "tvmaze", "cast", "/tvmaze/lookup/shows", packed(SHOW), cast_of("tvmaze", "imdb", "tt0000011"), REGULARS,
    ),
    Question(
        "tvmaze", "cast", "/tvmaze/shows/11/episodebynumber", packed({"id": 777}),
        cast_of("tvmaze", "tvmaze", "shows/11", season=2, episode=5),
        {**REGULARS, "/tvmaze/episodes/777/guestcast": packed(GUESTS)},
    ),
    Question(
        "tvmaze", "cast", "/tvmaze/episodes/777/guestcast", packed(GUESTS),
        cast_of("tvmaze", "tvmaze", "shows/11", season=2, episode=5),
        {**REGULARS, "/tvmaze/shows/11/episodebynumber": packed({"id": 777})},
    ),
    Question(
        "tvmaze", "photos", "/tvmaze/people/7", packed({"id": 7, "name": "Zoé", "image": {"original": "https://x/1"}}),
        photos_in("tvmaze", tvmaze="people/7"),
    ),
    Question(
        "tvmaze", "past_credits", "/tvmaze/people/7/castcredits", recorded("tvmaze/credits-career.json"),
        career_in("tvmaze", tvmaze="people/7"),
    ),
    Question(
        "tmdb", "search", "/tmdb/search/multi", recorded("tmdb/search-multi.json"), search_in("tmdb", "La Série"),
    ),
    Question(
        "tmdb", "search", "/tmdb/search/movie", recorded("tmdb/search-films.json"),
        search_in("tmdb", "La Série", kind="film"), {"/tmdb/search/multi": packed({"results": []})},
    ),
    Question(
        "tmdb", "cast", "/tmdb/find/tt0000001", recorded("tmdb/find-episode.json"),
        cast_of("tmdb", "imdb", "tt0000001"),
        {**PORTRAITS, "/tmdb/tv/1396/aggregate_credits": recorded("tmdb/cast-series.json")},
    ),
    Question(
        "tmdb", "cast", "/tmdb/tv/1396/aggregate_credits", recorded("tmdb/cast-series.json"),
        cast_of("tmdb", "tmdb", "tv/1396"), PORTRAITS,
    ),
    Question(
        "tmdb", "cast", "/tmdb/movie/603/credits", recorded("tmdb/cast-film.json"),
        cast_of("tmdb", "tmdb", "movie/603"), PORTRAITS,
    ),
    Question(
        "tmdb", "photos", "/tmdb/configuration", packed({"images": IMAGES}), photos_in("tmdb", tmdb="person/33"),
        {"/tmdb/person/33/images": recorded("tmdb/images-portraits.json")},
    ),
    Question(
        "tmdb", "photos", "/tmdb/person/33/images", recorded("tmdb/images-portraits.json"),
        photos_in("tmdb", tmdb="person/33"), PORTRAITS,
    ),
    Question(
        "tmdb", "past_credits", "/tmdb/person/33/combined_credits", recorded("tmdb/credits-career.json"),
        career_in("tmdb", tmdb="person/33"),
    ),
    Question(
        "tmdb", "person", "/tmdb/find/nm0000033", packed(FOUND_PERSON), person_in("tmdb", imdb="nm0000033"),
        {"/tmdb/person/33/external_ids": recorded("tmdb/ids-person.json")},
    ),
    Question(
        "tmdb", "person", "/tmdb/person/33/external_ids", recorded("tmdb/ids-person.json"),
        person_in("tmdb", tmdb="person/33"),
    ),
    Question(
        "wikidata", "person", "/wikidata/w/api.php", recorded("wikidata/search-one.json"),
        person_in("wikidata", tvmaze="people/504"),
        {**ENTITY, "/commons/w/api.php": recorded("commons/imageinfo-free.json")},
    ),
    Question(
        "wikidata", "person", *next(iter(ENTITY.items())), person_in("wikidata", wikidata="Q500"),
        {"/commons/w/api.php": recorded("commons/imageinfo-free.json")},
    ),
    Question(
        "wikidata", "photos", "/commons/w/api.php", recorded("commons/imageinfo-free.json"),
        photos_in("wikidata", wikidata="Q500"), ENTITY,
    ),
    Question(
        "google-images", "photos", "/google-images", recorded("google_images/images-name.json"),
        photos_in("google-images"),
    ),
    Question(
        "allocine", "search", "/allocine/_/autocomplete/Port", recorded("allocine/search-suggestions.json"),
        search_in("allocine", "Port"),
    ),
    Question(
        "allocine", "cast", "/allocine/film/fichefilm-803/casting/", recorded("allocine/casting-film.html"),
        cast_of("allocine", "allocine", "film/803"),
    ),
    Question(
        "allocine", "cast", "/allocine/series/ficheserie-223/casting/", recorded("allocine/casting-series.html"),
        cast_of("allocine", "allocine", "series/223"),
    ),
    Question(
        "allocine", "photos", "/allocine/personne/fichepersonne_gen_cpersonne=901.html",
        recorded("allocine/person-actor.html"), photos_in("allocine", allocine="personne/901"),
    ),
    Question(
        "allocine", "past_credits", "/allocine/personne/fichepersonne-901/filmographie/",
        recorded("allocine/filmography-actor.html"), career_in("allocine", allocine="personne/901"),
    ),
    Question("imdb", "search", "/imdb/find/", recorded("imdb/search-find.html"), search_in("imdb", "Quiet Orbit")),
    Question(
        "imdb", "cast", "/imdb/title/tt9200001/fullcredits/", recorded("imdb/cast-categories.html"),
        cast_of("imdb", "imdb", "tt9200001"),
    ),
    Question(
        "imdb-datasets", "search", "/imdb-datasets/title.basics.tsv.gz", BASICS,
        lambda world: world.datasets.find_titles([ORBIT])[ORBIT], {"/imdb-datasets/title.akas.tsv.gz": AKAS},
    ),
    Question(
        "imdb-datasets", "search", "/imdb-datasets/title.akas.tsv.gz", AKAS,
        lambda world: ImdbCasts(world.datasets, [ORBIT], []).search(ORBIT.title, kind=ORBIT.kind, year=ORBIT.year),
        {"/imdb-datasets/title.basics.tsv.gz": BASICS},
    ),
    Question(
        "imdb-datasets", "cast", "/imdb-datasets/title.principals.tsv.gz", PRINCIPALS,
        lambda world: world.datasets.casts({"tt9200001"}), {"/imdb-datasets/name.basics.tsv.gz": PEOPLE},
    ),
    Question(
        "imdb-datasets", "cast", "/imdb-datasets/name.basics.tsv.gz", PEOPLE,
        lambda world: world.datasets.casts({"tt9200001"}), {"/imdb-datasets/title.principals.tsv.gz": PRINCIPALS},
    ),
    Question(
        "imdb-datasets", "past_credits", "/imdb-datasets/title.principals.tsv.gz", PRINCIPALS,
        lambda world: world.datasets.past_credits({"nm9000011"}), {"/imdb-datasets/title.basics.tsv.gz": BASICS},
    ),
    Question(
        "pictures", "fetch", "/pictures/1.jpg", jpeg(),
        lambda world: picture_in(fetch(world.http, f"{world.url}/pictures/1.jpg")).data,
    ),
]  # fmt: skip
