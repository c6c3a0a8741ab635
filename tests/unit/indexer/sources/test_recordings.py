"""Every recorded answer is read as its `.expected.json` says.

A case is a pair of files in `tests/recordings/<source>/`: `<answer>-<case>.<json|html|xml|tsv>` and
`<answer>-<case>.expected.json`. It needs no code once the answer has its reader below.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, is_dataclass
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from indexer.sources import google_images
from indexer.sources.allocine import pages as allocine_pages
from indexer.sources.imdb import pages as imdb_pages
from indexer.sources.imdb import rows as imdb_rows
from indexer.sources.imdb import search as imdb_search
from indexer.sources.imdb.rows import Wanted
from indexer.sources.programme_television import pages as programme_television_pages
from indexer.sources.records import ChannelRecord
from indexer.sources.tmdb import answers as tmdb_answers
from indexer.sources.tvmaze import answers as tvmaze_answers
from indexer.sources.tvmaze import schedule as tvmaze_schedule
from indexer.sources.wikimedia import commons, wikidata
from tests.paths import RECORDINGS

ASKED_ON = date(2026, 8, 20)
PORTRAIT = tmdb_answers.parse_configuration(
    b'{"images": {"secure_base_url": "https://image.tmdb.org/t/p/", "profile_sizes": ["w45", "h632", "original"]}}'
)

TITLES = (Wanted("Quiet orbit", "film", 2023), Wanted("La femme du PORT"), Wanted("Zoe et cie", "series", 2011))


def channel_day(content: bytes, day: date) -> Any:
    return programme_television_pages.parse_channel_day(content, channel=ChannelRecord("un", "Chaîne Un"), day=day)


READERS: Mapping[str, Callable[[bytes], Any]] = {
    "allocine/casting": allocine_pages.parse_casting,
    "allocine/filmography": allocine_pages.parse_filmography,
    "allocine/person": allocine_pages.parse_person,
    "allocine/search": allocine_pages.parse_search,
    "commons/imageinfo": commons.parse_imageinfo,
    "google_images/images": google_images.parse_images,
    "imdb/cast": imdb_pages.parse_full_credits,
    "imdb/search": imdb_search.parse_search,
    "imdb_datasets/cast": lambda content: imdb_rows.read_casts(BytesIO(content), {"tt9200001"}),
    "imdb_datasets/others": lambda content: [
        (title_id.decode(), sorted(titles))
        for title_id, titles in imdb_rows.find_other_titles(BytesIO(content), TITLES).items()
    ],
    "imdb_datasets/people": lambda content: imdb_rows.read_people(BytesIO(content), {"nm9000011", "nm9000014"}),
    "imdb_datasets/titles": lambda content: list(imdb_rows.find_titles(BytesIO(content), TITLES, {}).values()),
    "programme_television/autumn": lambda content: channel_day(content, date(2026, 10, 24)),
    "programme_television/day": lambda content: channel_day(content, ASKED_ON),
    "programme_television/programme": programme_television_pages.parse_programme,
    "programme_television/spring": lambda content: channel_day(content, date(2026, 3, 28)),
    "tmdb/cast": lambda content: tmdb_answers.parse_cast(content, PORTRAIT),
    "tmdb/credits": tmdb_answers.parse_past_credits,
    "tmdb/find": tmdb_answers.parse_find,
    "tmdb/ids": tmdb_answers.parse_external_ids,
    "tmdb/images": lambda content: tmdb_answers.parse_images(content, PORTRAIT),
    "tmdb/search": tmdb_answers.parse_search,
    "tvmaze/cast": lambda content: tvmaze_answers.parse_cast(content, title="Night Shift"),
    "tvmaze/credits": lambda content: tvmaze_answers.parse_past_credits(content, asked_on=ASKED_ON),
    "tvmaze/schedule": tvmaze_schedule.parse_schedule,
    "tvmaze/search": tvmaze_answers.parse_search,
    "wikidata/entity": lambda content: wikidata.parse_entity(content, language="fr"),
    "wikidata/search": wikidata.parse_search,
}


def reader_of(recording: Path) -> Callable[[bytes], Any]:
    return READERS[f"{recording.parent.name}/{recording.name.split('-')[0]}"]


def recordings() -> list[Path]:
    files = (file for source in {key.split("/")[0] for key in READERS} for file in (RECORDINGS / source).iterdir())
    return sorted(file for file in files if not file.name.endswith(".expected.json"))


def as_json(records: Any) -> Any:
    return json.loads(json.dumps(records, default=_plain))


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, timedelta):
        return f"{value.days} days"
    return value.isoformat()


@pytest.mark.parametrize("recording", recordings(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_recording_is_read_as_expected(recording: Path) -> None:
    expected = recording.parent / f"{recording.name.split('.')[0]}.expected.json"

    assert as_json(reader_of(recording)(recording.read_bytes())) == json.loads(expected.read_text("utf-8"))


@pytest.mark.parametrize("answer", sorted(READERS))
def test_every_reader_has_a_recording(answer: str) -> None:
    assert any(reader_of(recording) is READERS[answer] for recording in recordings())
