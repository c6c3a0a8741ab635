"""An evening with Zoe Example in it, and replicas on loopback of everybody who knows her."""

import io
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from PIL import Image
from sqlalchemy import select, update

from db.engine import session
from db.models import Person, PersonId
from indexer.careers.look_up import look_up_careers
from indexer.http import HttpClient
from indexer.job.context import Context
from indexer.job.outside import Outside
from indexer.job.recording import recorded
from indexer.photos.gather import gather_photos
from indexer.sources.google_images import GoogleImages
from indexer.sources.imdb.datasets import ImdbDatasets
from indexer.sources.protocols import CareerSource, CastSource, PersonSource, PhotoSource
from indexer.sources.registry import Sources
from indexer.sources.tmdb.source import Tmdb
from indexer.sources.tvmaze.source import Tvmaze
from indexer.sources.wikimedia.commons import Commons
from indexer.sources.wikimedia.wikidata import Wikidata
from tests.integration.indexer.http.origin import Origin, Reply, whole
from tests.integration.indexer.replica import Replica
from tests.integration.indexer.rig import MORNING, Indexer, guide, programme

EVENING = guide(programme("Night Shift", "20:00", "21:00", cast={"Zoe Example": "Captain"}))
IDS = {"tvmaze": "people/7", "tmdb": "person/70", "wikidata": "Q700"}


def jpeg(seed: int, side: int = 64) -> bytes:
    """A picture like no other."""
    pixels = np.random.default_rng(seed).integers(0, 255, (side, side, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG")
    return file.getvalue()


@dataclass
class Evening:
    """Runs the jobs that ask about people; `api` is asked for words, `pictures` for pictures."""

    indexer: Indexer
    http: HttpClient
    api: Replica
    pictures: Origin

    def begin(self, *, ids: dict[str, str] | None = None, name: str = "Zoe Example") -> None:
        """Store the listing, and by which ids she is known."""
        self.indexer.run(self.indexer.write(EVENING))
        self.know(name, IDS if ids is None else ids)

    def know(self, name: str, ids: dict[str, str]) -> None:
        with session(self.indexer.engine) as opened:
            person_id = opened.scalars(select(Person.id).where(Person.name == name)).one()
            opened.add_all(PersonId(system=system, value=value, person_id=person_id) for system, value in ids.items())

    def opt_out(self, name: str = "Zoe Example") -> None:
        with session(self.indexer.engine) as opened:
            opened.execute(update(Person).where(Person.name == name).values(opted_out=True))

    def gather(
        self, *sources: PhotoSource, people: Sequence[PersonSource] = (), now: datetime = MORNING, most: int = 10
    ) -> Counter[str]:
        """One night's job: what it counted, without the noughts."""
        context = self.context(photos=sources, people=people, now=now, most=most)
        with recorded(context, "gather_photos") as job:
            gather_photos(context, None, job.counts)
        return +job.counts

    def look_up(
        self,
        *careers: CareerSource,
        casts: Sequence[CastSource] = (),
        datasets: ImdbDatasets | None = None,
        now: datetime = MORNING,
    ) -> Counter[str]:
        counts: Counter[str] = Counter()
        context = self.context(careers=careers, casts=casts, datasets=datasets, now=now)
        assert context.outside
        look_up_careers(context, context.outside, None, counts)
        return +counts

    def context(
        self,
        *,
        photos: Sequence[PhotoSource] = (),
        careers: Sequence[CareerSource] = (),
        casts: Sequence[CastSource] = (),
        people: Sequence[PersonSource] = (),
        datasets: ImdbDatasets | None = None,
        now: datetime = MORNING,
        most: int = 10,
    ) -> Context:
        sources = Sources(casts=casts, photos=photos, careers=careers, people=people, datasets=datasets, left_out={})
        return replace(self.indexer.context(now=now), outside=Outside(self.http, sources, most))

    def photos(self, columns: str = "kind, source, state") -> list[tuple[Any, ...]]:
        return self.indexer.rows(f"SELECT {columns} FROM photo ORDER BY id")

    @property
    def requests(self) -> int:
        """How many were made so far, but for robots.txt."""
        return len(self.api.asked) + len(self.pictures.asked)

    def serve(self, *numbers: int) -> list[str]:
        """The addresses of so many pictures."""
        return [self.picture(number) for number in numbers]

    def picture(self, number: int, *replies: Reply) -> str:
        return self.pictures.at(f"/{number}.jpg", *replies or (whole(jpeg(number)),))

    def tvmaze(self, portrait: str | None) -> Tvmaze:
        person = {"id": 7, "name": "Zoe Example", "image": portrait and {"original": portrait}}
        self.api.put("/tvmaze/people/7", json.dumps(person).encode())
        return Tvmaze(self.http, f"{self.api.url}/tvmaze")

    def tmdb(self, *numbers: int) -> Tmdb:
        images = {"secure_base_url": self.pictures.url, "profile_sizes": ["h632"]}
        self.api.put("/tmdb/configuration", json.dumps({"images": images}).encode())
        profiles = {"profiles": [{"file_path": f"/{number}.jpg"} for number in numbers]}
        self.api.put("/tmdb/person/70/images", json.dumps(profiles).encode())
        for number in numbers:
            self.pictures.at(f"/h632/{number}.jpg", whole(jpeg(number)))
        return Tmdb(self.http, "0" * 32, language="fr", base_url=f"{self.api.url}/tmdb")

    def wikidata(self, portrait: str) -> Wikidata:
        values = {"P31": {"id": "Q5"}, "P18": "Zoe.jpg", "P8600": "7", "P4985": "70"}
        claims = {claim: [{"mainsnak": {"datavalue": {"value": value}}}] for claim, value in values.items()}
        found = {"query": {"search": [{"title": "Q700"}]}}
        self.api.put("/w/api.php", json.dumps(found).encode(), srsearch="haswbstatement:P8600=7")
        entity = {"id": "Q700", "labels": {"en": {"value": "Zoe Example"}}, "aliases": {}, "claims": claims}
        self.api.put("/wiki/Special:EntityData/Q700.json", json.dumps({"entities": {"Q700": entity}}).encode())
        terms = {"LicenseShortName": {"value": "CC BY 4.0"}, "Artist": {"value": "Ann"}}
        info = {"url": portrait, "width": 64, "height": 64, "mime": "image/jpeg", "extmetadata": terms}
        answer = {"query": {"pages": {"1": {"title": "File:Zoe.jpg", "imageinfo": [info]}}}}
        self.api.put("/w/api.php", json.dumps(answer).encode(), prop="imageinfo")
        commons = Commons(self.http, self.api.url)
        return Wikidata(self.http, commons, language="fr", base_url=self.api.url)

    def google(self, *links: str) -> GoogleImages:
        items = [
            {"link": link, "mime": "image/jpeg", "image": {"contextLink": "https://example.org/"}} for link in links
        ]
        self.api.put("/google", json.dumps({"items": items}).encode(), q="Zoe Example")
        return GoogleImages(self.http, "key", "engine", f"{self.api.url}/google")
