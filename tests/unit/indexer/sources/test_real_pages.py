"""Real recordings of pages, which are not part of the project: what we read, against plain counts of their markup."""

import base64
import json
import re
from functools import cache
from html import unescape
from typing import Any

import pytest

from indexer.sources.allocine import pages as allocine_pages
from indexer.sources.imdb import pages as imdb_pages
from indexer.sources.imdb import search as imdb_search
from indexer.sources.imdb.records import CastRecords
from indexer.sources.protocols import PhotoRecord
from tests.paths import SHARED_DATA

SHARED = SHARED_DATA / "recorded"
pytestmark = pytest.mark.shared_data

NEW, OLD, TITLE = (
    "imdb/fullcredits_next_data_DERIVED_tt0133093.json",
    "imdb/fullcredits_tt0133093_2014_old_table.html",
    "imdb/title_page_tt0114814_2022-10-27.html",
)


@pytest.fixture(autouse=True)
def _shared() -> None:
    if not SHARED.is_dir():
        pytest.skip(f"the recordings are not at {SHARED}")


@cache
def content(name: str) -> bytes:
    return (SHARED / name).read_bytes()


@cache
def cast(name: str) -> CastRecords:
    return imdb_pages.parse_full_credits(content(name))


def photos(found: CastRecords) -> list[PhotoRecord]:
    return [photo for record in found.cast for photo in record.photos]


def test_imdbs_json_is_read_item_by_item() -> None:
    categories = json.loads(content(NEW))["props"]["pageProps"]["contentData"]["categories"]
    items: list[dict[str, Any]] = next(group["section"]["items"] for group in categories if group["name"] == "Cast")
    found = cast(NEW)

    assert [(record.ids["imdb"], record.name, record.role) for record in found.cast] == [
        (item["id"], item["rowTitle"], " / ".join(item["characters"])) for item in items
    ]
    assert [photo.url for photo in photos(found)] == [
        item["imageProps"]["imageModel"]["url"] for item in items if "imageModel" in item["imageProps"]
    ]
    assert (len(found.cast), len(photos(found)), found.total, found.missing) == (41, 23, 41, 0)


def test_imdbs_old_table_is_read_row_by_row() -> None:
    text = content(OLD).decode()
    table = text[text.index('<table class="cast_list">') :]
    table = table[: table.index("</table>")]
    names = re.findall(r'itemprop="name">([^<]+)</span>', table)
    ids = re.findall(r'class="itemprop" itemprop="actor".*?/name/(nm\d+)/', table, re.DOTALL)
    pictures = re.findall(r'loadlate="([^"]+?\._V1_)[^"]*"', table)
    found = cast(OLD)

    assert [record.name for record in found.cast] == [unescape(name) for name in names]
    assert [record.ids["imdb"] for record in found.cast] == ids
    assert [photo.url for photo in photos(found)] == [f"{picture}.jpg" for picture in pictures]
    assert (len(found.cast), len(photos(found))) == (37, 20)
    assert all(record.role for record in found.cast)


def test_the_old_and_the_new_page_of_one_film_agree() -> None:
    old, new = ({record.ids["imdb"]: record.role for record in cast(name).cast} for name in (OLD, NEW))

    assert old.keys() <= new.keys()
    assert {person: new[person] for person in old} == old


def test_imdbs_title_page_tells_the_leads() -> None:
    found = cast(TITLE)

    assert len(found.cast) == len(re.findall(rb'data-testid="title-cast-item"', content(TITLE))) == 18
    assert (found.cast[0].name, found.cast[0].role, found.cast[0].ids["imdb"]) == (
        "Kevin Spacey",
        "Verbal",
        "nm0000228",
    )
    assert len(photos(found)) == 15


def test_imdbs_search_tells_every_film_and_series() -> None:
    name = "imdb/next_data_sample_search.json"
    entities = [edge["node"]["entity"] for edge in json.loads(content(name))["data"]["mainSearch"]["edges"]]
    titles = [entity for entity in entities if "titleText" in entity]
    kinds = {"movie", "tvMovie", "short", "tvShort", "video", "tvSeries", "tvMiniSeries", "tvSpecial", "tvPilot"}

    found = imdb_search.parse_search(content(name))

    assert [(programme.ids["imdb"], programme.year) for programme in found] == [
        (title["id"], (title["releaseYear"] or {}).get("year")) for title in titles if title["titleType"]["id"] in kinds
    ]
    assert (len(found), sum(programme.year is None for programme in found)) == (17, 1)


def test_allocines_casting_is_read_card_by_card_and_row_by_row() -> None:
    name = "allocine/film_564_casting.html"
    text = content(name).decode()
    section = text[text.index('<section class="section casting-actor') :]
    section = section[: section.index("</section>")]
    cards = section.count('class="card person-card')
    rows = re.findall(r'class="[^"]*md-table-row', section)
    pictures = re.findall(r'data-src="(https://[^"]+?acsta\.net/)c_162_216/((?!commons)[^"]+)"', section)

    found = allocine_pages.parse_casting(content(name))

    assert len(found) == cards + len(rows) == 18
    assert [photo.url for record in found for photo in record.photos] == ["".join(parts) for parts in pictures]
    assert {record.name for record in found if record.role is None} == {
        "Hedy Lamarr", "George Sanders", "Louis Hayward", "Fred Aldrich", "Fred Graham",
    }  # fmt: skip
    linked = {unescape(text) for text in re.findall(r"cpersonne=(\d+)\.html", section)}
    hidden = {_hidden(coded) for coded in re.findall(r'class="ACr([^" ]+)', section)}
    assert {record.ids["allocine"].removeprefix("personne/") for record in found} == linked | hidden


def _hidden(coded: str) -> str:
    address = base64.b64decode(coded.replace("ACr", "")).decode()
    return address.removeprefix("/personne/fichepersonne_gen_cpersonne=").removesuffix(".html")


@pytest.mark.parametrize(
    ("number", "name", "picture"),
    [
        ("25", "Spencer Tracy", "pictures/16/07/08/10/53/422972.jpg"),
        ("49", "Van Heflin", "medias/nmedia/18/62/89/81/18657872.jpg"),
    ],
)
def test_allocines_person_has_the_picture_that_the_page_gives_others(number: str, name: str, picture: str) -> None:
    page = content(f"allocine/personne_{number}.html")
    person = allocine_pages.parse_person(page)

    assert (person.names, person.ids) == ((name,), {"allocine": f"personne/{number}"})
    assert [photo.url.split(".acsta.net/")[1] for photo in person.photos] == [picture]
    assert f'.acsta.net/{picture}"'.encode() in page  # in its og:image, without the size that its <img> asks for


def test_allocines_filmography_is_told_newest_first() -> None:
    name = "allocine/personne_16349_filmographie.html"
    text = content(name).decode()
    section = text[text.index('id="actor"') :]
    section = section[: section.index("</section>")]
    years = re.findall(r'data-heading="Année"[^>]*>\s*(\d{4})\s*<', section)
    films = re.findall(r"cfilm=(\d+)\.html", section)

    found = allocine_pages.parse_filmography(content(name))

    assert [f"{part.dated:%Y}" for part in found] == years == sorted(years, reverse=True)
    assert [part.programme_ids["allocine"] for part in found] == [f"film/{film}" for film in films]
    assert (len(found), found[0].credit.title, found[0].credit.role) == (
        23,
        "Hedy Lamarr, star et inventeuse de génie",
        "Elle-même",
    )
    assert sum(part.credit.role is None for part in found) == 2
