"""A town on loopback where everybody is known to TMDB, TVmaze, Wikidata and Commons, with real faces."""

import ipaddress
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from indexer.settings import IndexerSettings
from tests.integration.indexer.replica import Replica
from tests.integration.indexer.rig import guide, programme

STARS = {"Ben Affleck": "ben_afflek", "Elton John": "elton_john", "Madonna": "madonna", "Mindy Kaling": "mindy_kaling"}
TITLE = "Night Shift"
EVENING = guide(programme(TITLE, "20:00", "21:00", cast=STARS)).replace(">film<", ">série<")
SHOW = {"id": 11, "name": TITLE, "type": "Scripted", "premiered": "2020-01-01", "status": "Running"}
BEFORE = {"id": 12, "name": "Day Shift", "type": "Scripted", "premiered": "2010-01-01", "status": "Ended"}
IMAGES = {"secure_base_url": "", "profile_sizes": ["h632"]}


@dataclass
class Town:
    """Replicas that serve the pictures of the demo: `train/<folder>/…` under `photos`."""

    photos: Path
    api: Replica = field(default_factory=Replica)

    def settings(self, folder: Path) -> IndexerSettings:
        """Those of an indexer that asks this town, and nobody else."""
        changes = {
            "data_dir": folder,
            "guide": None,
            "photos": None,
            "sources": ("tmdb", "tvmaze", "wikidata"),
            "tmdb_key": SecretStr("0" * 32),
            "source_urls": {name: f"{self.api.url}/{name}" for name in ("tmdb", "tvmaze", "wikidata", "commons")},
            "allowed_networks": (ipaddress.ip_network("127.0.0.1"),),
        }
        return IndexerSettings().model_copy(update=changes)

    def open(self) -> None:
        """Serve what everybody knows of the stars, who are numbered from 1."""
        self._put("/tmdb/configuration", {"images": {**IMAGES, "secure_base_url": f"{self.api.url}/pictures/tmdb"}})
        self._put("/tmdb/search/multi", {"results": [_work(SHOW)]}, query=TITLE)
        self._put("/tvmaze/search/shows", [{"show": SHOW}], q=TITLE)
        for show in (SHOW, BEFORE):
            self._put(f"/tvmaze/shows/{show['id']}", show)
        self._put("/tvmaze/shows/11/cast", [self._part(number, name) for number, name in self.numbered])
        credits = {"cast": [_member(number, name) for number, name in self.numbered]}
        self._put("/tmdb/tv/11/aggregate_credits", credits)
        self._put("/tmdb/tv/12/aggregate_credits", credits)
        for number, name in self.numbered:
            self._know(number, name)

    @property
    def numbered(self) -> Sequence[tuple[int, str]]:
        return list(enumerate(STARS, start=1))

    @property
    def pictures(self) -> list[str]:
        """Those that were asked for."""
        return [path for path in self.asked if path.startswith("/pictures")]

    @property
    def asked(self) -> list[str]:
        """All requests, with what tells them apart."""
        return [urlsplit(target).path + urlsplit(target).query for target in self.api.asked]

    def _know(self, number: int, name: str) -> None:
        """Faces: one of TVmaze and one of its show, one of Commons, three of TMDB."""
        portrait, still, commons, *profiles = self._pictures(STARS[name])[:6]
        for folder, picture in {"tvmaze": portrait, "still": still, "commons": commons}.items():
            self.api.put(f"/pictures/{folder}/{number}.jpg", picture.read_bytes())
        for place, picture in enumerate(profiles):
            self.api.put(f"/pictures/tmdb/h632/{number}-{place}.jpg", picture.read_bytes())
        self._put(f"/tvmaze/people/{number}", self._person(number, name))
        paths = [{"file_path": f"/{number}-{place}.jpg"} for place in range(len(profiles))]
        self._put(f"/tmdb/person/{number}/images", {"profiles": paths})
        self._put(f"/tmdb/person/{number}/combined_credits", {"cast": [_work(SHOW), _work(BEFORE)]})
        self._know_freely(number, name)

    def _know_freely(self, number: int, name: str) -> None:
        values = {"P31": {"id": "Q5"}, "P18": f"{number}.jpg", "P4985": str(number), "P8600": str(number)}
        claims = {claim: [{"mainsnak": {"datavalue": {"value": value}}}] for claim, value in values.items()}
        entity = {"id": f"Q{number}", "labels": {"en": {"value": name}}, "aliases": {}, "claims": claims}
        self._put(f"/wikidata/wiki/Special:EntityData/Q{number}.json", {"entities": {f"Q{number}": entity}})
        hits = {"query": {"search": [{"title": f"Q{number}"}]}}
        for claim in ("P4985", "P8600"):
            self._put("/wikidata/w/api.php", hits, srsearch=f"haswbstatement:{claim}={number}")
        terms = {"LicenseShortName": {"value": "CC BY 4.0"}, "Artist": {"value": "Ann"}}
        url = f"{self.api.url}/pictures/commons/{number}.jpg"
        info = {"url": url, "width": 9, "height": 9, "mime": "image/jpeg", "extmetadata": terms}
        pages = {"query": {"pages": {"1": {"title": "File:x", "imageinfo": [info]}}}}
        self._put("/commons/w/api.php", pages, titles=f"File:{number}.jpg")

    def _pictures(self, folder: str) -> list[Path]:
        return sorted((self.photos / "train" / folder).iterdir())

    def _person(self, number: int, name: str) -> dict[str, Any]:
        return {"id": number, "name": name, "image": {"original": f"{self.api.url}/pictures/tvmaze/{number}.jpg"}}

    def _part(self, number: int, name: str) -> dict[str, Any]:
        still = {"original": f"{self.api.url}/pictures/still/{number}.jpg"}
        return {"person": self._person(number, name), "character": {"id": number, "name": "Doctor", "image": still}}

    def _put(self, path: str, answer: Any, **query: str) -> None:
        self.api.put(path, json.dumps(answer).encode(), **query)


def _work(show: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": show["id"], "media_type": "tv", "name": show["name"], "first_air_date": show["premiered"],
        "character": "Doctor",
    }  # fmt: skip


def _member(number: int, name: str) -> dict[str, Any]:
    path = f"/{number}-0.jpg"
    return {"id": number, "name": name, "order": number, "roles": [{"character": "Doctor"}], "profile_path": path}
