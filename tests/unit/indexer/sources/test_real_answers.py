"""Real answers of the JSON APIs, checked against a second, plain reading of the same files."""

import json
from datetime import date, datetime
from typing import Any

import pytest

from indexer.sources import google_images
from indexer.sources.tmdb import answers as tmdb_answers
from indexer.sources.tvmaze import answers as tvmaze_answers
from indexer.sources.tvmaze import schedule as tvmaze_schedule
from indexer.sources.wikimedia import commons, wikidata
from tests.paths import SHARED_DATA

RECORDED = SHARED_DATA / "recorded"

pytestmark = pytest.mark.shared_data

if not RECORDED.exists():
    pytest.skip(f"the measurement data is not here: no {RECORDED}", allow_module_level=True)


def content(name: str) -> bytes:
    return (RECORDED / name).read_bytes()


def plain(name: str) -> Any:
    return json.loads(content(name))


def packed(part: Any) -> bytes:
    return json.dumps(part).encode()


PORTRAIT = tmdb_answers.parse_configuration(content("tmdb/configuration.json"))


def test_tvmaze_schedule() -> None:
    listing = tvmaze_schedule.parse_schedule(content("tvmaze/schedule_US_2018-11-03.json"))
    episodes = plain("tvmaze/schedule_US_2018-11-03.json")

    assert len(listing.airings) == len(episodes) == 39
    assert listing.skipped == {}
    names = {channel.id: channel.name for channel in listing.channels}
    for airing, episode in zip(listing.airings, episodes, strict=True):
        show = episode["show"]
        assert airing.title == show["name"].strip()
        assert names[airing.channel] == (show["network"] or show["webChannel"])["name"]
        assert airing.start == datetime.fromisoformat(episode["airstamp"])
        minutes = episode["runtime"] or show["runtime"]
        assert minutes is None or (airing.stop and (airing.stop - airing.start).total_seconds() == 60 * minutes)
        assert (airing.season, airing.episode) == (episode["season"], episode["number"])
        assert airing.ids.get("imdb") == show["externals"]["imdb"]
        assert airing.ids["tvmaze"] == f"shows/{show['id']}"


def test_tvmaze_cast() -> None:
    shows = plain("tvmaze/shows_embed_cast.json")
    for show in shows:
        members = show["_embedded"]["cast"]
        records = tvmaze_answers.parse_cast(packed(members), title=show["name"])
        assert len(records) == len(members) == 2
        for record, member in zip(records, members, strict=True):
            person, character = member["person"], member["character"]
            assert (record.name, record.role) == (person["name"], character["name"])
            assert record.ids == {"tvmaze": f"people/{person['id']}"}
            assert [(photo.kind, photo.url, photo.of) for photo in record.photos] == [
                ("portrait", person["image"]["original"], None),
                ("still", character["image"]["original"], show["name"]),
            ]


@pytest.mark.parametrize(
    ("name", "size"),
    [("tmdb/movie_append_credits.json", 11), ("tmdb/tv_1396_append_credits.json", 7)],
)
def test_tmdb_credits(name: str, size: int) -> None:
    members = plain(name)["credits"]["cast"]

    records = tmdb_answers.parse_cast(packed({"cast": members}), PORTRAIT)

    assert [(record.name, record.role, record.ids) for record in records] == [
        (member["name"], member["character"] or None, {"tmdb": f"person/{member['id']}"}) for member in members
    ]
    assert [photo.url for record in records for photo in record.photos] == [
        f"https://image.tmdb.org/t/p/h632{member['profile_path']}" for member in members if member["profile_path"]
    ]
    assert len(records) == size


def test_tmdb_aggregate_credits() -> None:
    name = "tmdb/adamayoung_tv-series-aggregate-credits.json"
    members = sorted(plain(name)["cast"], key=lambda member: member["order"])

    records = tmdb_answers.parse_cast(content(name), PORTRAIT)

    assert [(record.name, record.role, record.ids) for record in records] == [
        (member["name"], member["roles"][0]["character"], {"tmdb": f"person/{member['id']}"}) for member in members
    ]
    assert [photo.url for record in records for photo in record.photos] == [
        f"https://image.tmdb.org/t/p/h632{member['profile_path']}" for member in members
    ]
    assert [record.name for record in records] == ["Tom Welling", "Kristin Kreuk", "Michael Rosenbaum", "Allison Mack"]


def test_tmdb_person() -> None:
    person = plain("tmdb/person_33_append_combined_credits_images.json")
    parts = person["combined_credits"]["cast"]
    dated = [part for part in parts if part.get("release_date") or part.get("first_air_date")]
    seen = [part for part in dated if "(voice)" not in part["character"]]

    credits = tmdb_answers.parse_past_credits(packed(person["combined_credits"]))
    photos = tmdb_answers.parse_images(packed(person["images"]), PORTRAIT)

    assert (len(parts), len(dated), len(seen), len(credits)) == (56, 55, 54, 54)
    assert sorted(
        (credit.dated.isoformat(), credit.programme_ids["tmdb"], credit.credit.role or "") for credit in credits
    ) == sorted(
        (part.get("release_date") or part["first_air_date"], f"{part['media_type']}/{part['id']}", part["character"])
        for part in seen
    )
    assert (credits[0].dated, credits[0].credit.title) == (date(2011, 12, 21), "A Game of Honor")
    assert [photo.url.rpartition("/h632")[2] for photo in photos] == [
        profile["file_path"] for profile in person["images"]["profiles"]
    ]


def test_wikidata_entity() -> None:
    human = wikidata.parse_entity(content("wikidata/entity_Q20145_human_P18_P345.json"), language="ko")

    assert human is not None
    assert human.record.ids == {"wikidata": "Q20145", "imdb": "nm4653224"}
    assert human.record.names[0] == "아이유"
    assert {"IU", "Lee Ji-eun", "이지은", "アイユ", "ไอยู"} <= set(human.record.names)
    assert human.files == ('KBS "The Producers" press conference, 11 May 2015 10.jpg',)


def test_a_commons_answer_without_a_licence_gives_no_photo() -> None:
    info = plain("wikidata/commons_imageinfo_Q20145_P18.json")
    assert commons.parse_imageinfo(packed(info)) == []

    page = next(iter(info["query"]["pages"].values()))["imageinfo"][0]
    page["extmetadata"] = {"LicenseShortName": {"value": "CC BY-SA 4.0"}}
    assert [photo.url for photo in commons.parse_imageinfo(packed(info))] == [page["url"]]


def test_google_images() -> None:
    items = plain("google/cse_image_search_10_results.json")["items"]

    photos = google_images.parse_images(content("google/cse_image_search_10_results.json"))

    assert [(photo.url, photo.credit, photo.width, photo.height) for photo in photos] == [
        (item["link"], item["image"]["contextLink"], item["image"]["width"], item["image"]["height"]) for item in items
    ]
    assert len(photos) == 10
