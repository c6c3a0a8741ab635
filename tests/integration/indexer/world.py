"""TVmaze and TMDB on loopback, where one series, and a film of nearly its title, are known; with pictures."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.integration.indexer.replica import Replica

SERIES, FILM = "Joséphine, ange gardien", "Joséphine"
PICTURES_EACH = 4


class World(Replica):
    """Mindy Kaling and Ada Nobody are in the series by both sources, Ben Affleck by TMDB alone.

    This is TMDB and all the pictures. TVmaze is a host of its own, for it is asked at a slower pace.
    """

    def __init__(self) -> None:
        super().__init__()
        self.tvmaze = Replica()

    @contextmanager
    def open(self, train: Path) -> Iterator["World"]:
        """Both hosts, with everything there and real pictures of those who have any (`train` of the demo's photos)."""
        with self.running(), self.tvmaze.running():
            self._train = train
            self._fill_tvmaze()
            self._fill_tmdb()
            yield self

    @property
    def asked(self) -> list[str]:
        return [*super().asked, *self.tvmaze.asked]

    def crowd(self, number: int) -> None:
        """Let TMDB name so many more people in the series, of whom nothing else is known."""
        crowd = [self._member(1000 + place, f"Extra Number{place}", 2 + place) for place in range(number)]
        cast = [self._member(70, "Mindy Kaling", 0), self._member(71, "Ben Affleck", 1), *crowd]
        self._put("/tmdb/tv/99/aggregate_credits", {"id": 99, "cast": cast})
        for place in range(number):
            self._put(f"/tmdb/person/{1000 + place}/images", {"id": 1000 + place, "profiles": []})
            self._put(f"/tmdb/person/{1000 + place}/combined_credits", {"id": 1000 + place, "cast": []})

    def environment(self, *sources: str) -> dict[str, str]:
        """Settings that ask these sources here."""
        return {
            "FTA_SOURCES": ",".join(sources),
            "FTA_SOURCE_URLS": json.dumps({"tvmaze": self.tvmaze.url, "tmdb": f"{self.url}/tmdb"}),
            "FTA_ALLOWED_NETWORKS": "127.0.0.1/32",
            "FTA_TMDB_KEY": "0123456789abcdef0123456789abcdef",
        }

    def _fill_tvmaze(self) -> None:
        series = {"id": 55, "name": SERIES, "type": "Scripted", "premiered": "1997-12-15", "externals": {}}
        portrait, still, *_ = self._pictures("mindy_kaling")
        mindy = {"id": 901, "name": "Mindy Kaling", "image": {"original": portrait}}
        ada = {"id": 902, "name": "Ada Nobody", "image": None}
        cast = [
            {"person": mindy, "character": {"id": 1, "name": "Joséphine Delamarre", "image": {"original": still}}},
            {"person": ada, "character": {"id": 2, "name": "Une cliente", "image": None}},
        ]
        self._put_tv("/search/shows", [])
        self._put_tv("/search/shows", [{"score": 1, "show": series}], q=SERIES)
        self._put_tv("/shows/55", series)
        self._put_tv("/shows/55/cast", cast)
        self._put_tv("/people/901", mindy)
        self._put_tv("/people/902", ada)
        for person in (901, 902):
            self._put_tv(f"/people/{person}/castcredits", [])

    def _fill_tmdb(self) -> None:
        found = [
            {"id": 98, "media_type": "movie", "title": FILM, "original_title": FILM, "release_date": "2013-06-19"},
            {"id": 99, "media_type": "tv", "name": SERIES, "original_name": SERIES, "first_air_date": "1997-12-15"},
        ]
        self._put("/tmdb/search/multi", {"results": []})
        for asked in (SERIES, FILM):
            self._put("/tmdb/search/multi", {"results": found}, query=asked)
        for kind in ("tv", "movie"):
            self._put(f"/tmdb/search/{kind}", {"results": []})
        self._put("/tmdb/configuration", {"images": {"secure_base_url": self.url, "profile_sizes": ["h632"]}})
        self._put(
            "/tmdb/tv/99/aggregate_credits",
            {"id": 99, "cast": [self._member(70, "Mindy Kaling", 0), self._member(71, "Ben Affleck", 1)]},
        )
        self._put("/tmdb/movie/98/credits", {"id": 98, "cast": []})
        for person, folder in ((70, "mindy_kaling"), (71, "ben_afflek")):
            paths = [url.removeprefix(f"{self.url}/h632") for url in self._pictures(folder)]
            self._put(f"/tmdb/person/{person}/images", {"id": person, "profiles": [{"file_path": p} for p in paths]})
            self._put(f"/tmdb/person/{person}/external_ids", {"id": person})
        self._put("/tmdb/person/70/combined_credits", {"id": 70, "cast": []})
        film = {
            "id": 5,
            "media_type": "movie",
            "title": "Air",
            "release_date": "2023-04-05",
            "character": "Phil Knight",
        }
        self._put("/tmdb/person/71/combined_credits", {"id": 71, "cast": [film]})
        self._put("/tmdb/movie/5/credits", {"id": 5, "cast": [self._member(71, "Ben Affleck", 0), self._star()]})

    def _pictures(self, folder: str) -> list[str]:
        """The addresses of real pictures of somebody."""
        addresses = []
        for picture in sorted((self._train / folder).iterdir())[:PICTURES_EACH]:
            path = f"/h632/{folder}-{picture.name}"
            self.put(path, picture.read_bytes())
            addresses.append(self.url + path)
        return addresses

    @staticmethod
    def _member(number: int, name: str, order: int) -> dict[str, Any]:
        roles = [{"character": f"Role {number}", "episode_count": 2}]
        return {"id": number, "name": name, "order": order, "roles": roles, "character": f"Role {number}"}

    @classmethod
    def _star(cls) -> dict[str, Any]:
        return cls._member(72, "Matt Damon", 1)

    def _put(self, path: str, answer: object, **query: str) -> None:
        self.put(path, json.dumps(answer).encode(), **query)

    def _put_tv(self, path: str, answer: object, **query: str) -> None:
        self.tvmaze.put(path, json.dumps(answer).encode(), **query)
