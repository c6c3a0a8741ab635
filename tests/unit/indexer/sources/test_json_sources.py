"""What the JSON sources do with answers of another form, and with the rarer things in the right one."""

import json
from datetime import UTC, date, datetime

import pytest

from indexer.errors import PageChanged, SourceBlocked, SourceUnavailable
from indexer.sources import google_images
from indexer.sources.tmdb import answers as tmdb_answers
from indexer.sources.tvmaze import answers as tvmaze_answers
from indexer.sources.tvmaze import schedule as tvmaze_schedule
from indexer.sources.wikimedia import commons, wikidata
from tests.unit.indexer.sources.test_recordings import PORTRAIT, READERS, reader_of, recordings

OTHER_FORMS = {
    "empty": b"",
    "page": b"<!doctype html><title>Sign in</title>",
    "null": b"null",
    "text": b'"maintenance"',
    "latin-1": '[{"name": "Zoé"}]'.encode("latin-1"),
    "deep": b"[" * 100_000,
}
JSON_READERS = sorted(
    key for key in READERS if key.split("/")[0] in {"commons", "google_images", "tmdb", "tvmaze", "wikidata"}
)


@pytest.mark.parametrize("form", OTHER_FORMS)
@pytest.mark.parametrize("answer", JSON_READERS)
def test_an_answer_of_another_form_is_a_changed_page(answer: str, form: str) -> None:
    with pytest.raises(PageChanged):
        READERS[answer](OTHER_FORMS[form])


@pytest.mark.parametrize("answer", JSON_READERS)
def test_an_answer_that_breaks_off_is_a_changed_page(answer: str) -> None:
    whole = next(file for file in recordings() if reader_of(file) is READERS[answer]).read_bytes().rstrip()

    with pytest.raises(PageChanged):
        READERS[answer](whole[:-1])


@pytest.mark.parametrize(
    ("answer", "content", "place"),
    [
        ("tvmaze/cast", [{"person": {"id": 1}, "character": {"name": "A"}}], r"0\.person\.name"),
        ("tvmaze/cast", [{"person": {"id": "x", "name": "A"}, "character": {}}], r"0\.person\.id"),
        ("tvmaze/cast", {"cast": []}, "the answer"),
        ("tvmaze/credits", [{"_links": {}}], r"0\._embedded"),
        ("tvmaze/search", [{"id": 1, "name": "A"}], r"0\.show"),
        ("tvmaze/schedule", [{"show": {"id": 1, "name": "A"}}], r"0\.airstamp"),
        ("tvmaze/schedule", [{"airstamp": "2026-08-20T21:00:00", "show": {"id": 1, "name": "A"}}], r"0\.airstamp"),
        ("tmdb/cast", {"id": 1, "crew": []}, "cast"),
        ("tmdb/cast", {"cast": [{"name": "A"}]}, r"cast\.0\.id"),
        ("tmdb/credits", {"cast": [{"id": 1, "title": "A"}]}, r"cast\.0\.media_type"),
        ("tmdb/images", {"id": 1}, "profiles"),
        ("tmdb/search", {"status_code": 7}, "results"),
        ("tmdb/find", {"movie_results": []}, "tv_results"),
        ("wikidata/entity", {"entities": {}}, "0 entities"),
        ("wikidata/entity", {"entities": {"Q1": {"id": "Q1", "labels": {}, "aliases": {}}}}, r"entities\.Q1\.claims"),
        ("wikidata/search", {"batchcomplete": ""}, "query"),
        ("commons/imageinfo", {"batchcomplete": ""}, "query"),
        ("google_images/images", {"kind": "customsearch#search"}, "no items"),
        ("google_images/images", {"searchInformation": {"totalResults": "120"}}, "no items"),
    ],
)
def test_a_changed_answer_names_the_field(answer: str, content: object, place: str) -> None:
    with pytest.raises(PageChanged, match=place):
        READERS[answer](json.dumps(content).encode())


def test_the_form_of_a_person_and_of_a_configuration_are_checked_too() -> None:
    with pytest.raises(PageChanged, match="name"):
        tvmaze_answers.parse_person(b'{"id": 1}')
    with pytest.raises(PageChanged, match=r"images\.secure_base_url"):
        tmdb_answers.parse_configuration(b'{"images": {"profile_sizes": []}}')


def test_a_cast_that_nobody_entered_yet_is_empty() -> None:
    assert tvmaze_answers.parse_cast(b"[]", title=None) == []
    assert tmdb_answers.parse_cast(b'{"cast": []}', PORTRAIT) == []


def test_a_day_without_episodes_is_worth_another_try() -> None:
    with pytest.raises(SourceUnavailable, match="lists nothing"):
        tvmaze_schedule.parse_schedule(b"[]")


def test_a_schedule_of_which_nothing_can_be_used_is_a_changed_page() -> None:
    with pytest.raises(PageChanged, match="no_channel"):
        tvmaze_schedule.parse_schedule(b'[{"airstamp": "2026-08-20T21:00:00+02:00", "show": {"id": 1, "name": "A"}}]')


@pytest.mark.parametrize(
    ("airstamp", "start"),
    [
        ("2026-10-25T02:30:00+02:00", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("2026-10-25T02:30:00+01:00", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        ("2026-03-29T03:00:00+02:00", datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        ("2026-03-29T01:00:00Z", datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
    ],
)
def test_the_airstamp_says_which_of_two_half_past_twos_it_is(airstamp: str, start: datetime) -> None:
    network = {"id": 1, "name": "One"}
    episode = {"airstamp": airstamp, "runtime": 60, "show": {"id": 1, "name": "A", "network": network}}

    listing = tvmaze_schedule.parse_schedule(json.dumps([episode]).encode())

    assert listing.airings[0].start == start
    assert listing.airings[0].stop is not None
    assert (listing.airings[0].stop - start).total_seconds() == 3600


def test_guests_who_are_themselves_are_guests() -> None:
    content = b'[{"person": {"id": 1, "name": "A"}, "character": {"id": 2, "name": "A"}, "self": true}]'

    assert [record.job for record in tvmaze_answers.parse_cast(content, title=None, guests=True)] == ["guest"]


def test_a_running_programme_is_dated_by_the_day_it_was_asked_for() -> None:
    show = {"id": 1, "name": "A", "status": "Running", "premiered": "2000-01-01"}
    content = json.dumps([{"_embedded": {"show": show}}]).encode()

    assert tvmaze_answers.parse_past_credits(content, asked_on=date(2026, 1, 2))[0].dated == date(2026, 1, 2)


def test_without_the_wanted_size_portraits_come_in_their_original() -> None:
    portrait = tmdb_answers.parse_configuration(
        b'{"images": {"secure_base_url": "https://img.example/t/p", "profile_sizes": ["w45", "original"]}}'
    )

    assert portrait("/a.jpg").url == "https://img.example/t/p/original/a.jpg"


def test_names_lose_stray_spaces_and_zero_bytes() -> None:
    content = json.dumps([{"person": {"id": 1, "name": " Ann\u00a0\n Lee\0 "}, "character": {}}]).encode()

    assert tvmaze_answers.parse_cast(content, title=None)[0].name == "Ann Lee"


@pytest.mark.parametrize("parse", [wikidata.parse_search, commons.parse_imageinfo])
def test_a_wiki_that_says_it_cannot_is_unavailable(parse: object) -> None:
    content = b'{"error": {"code": "maxlag", "info": "Waiting for a database server: 7 seconds lagged."}}'

    with pytest.raises(SourceUnavailable, match="7 seconds lagged"):
        parse(content)  # type: ignore[operator]


@pytest.mark.parametrize(
    "licence",
    ["CC BY 2.0", "CC BY-SA 3.0 de", "CC-BY-SA-4.0", "CC0", "CC0 1.0", "Public domain", "PD-USGov", "GFDL 1.2", "FAL",
     "Attribution", "Copyrighted free use", "KOGL Type 1", "OGL 3", "No restrictions"],
)  # fmt: skip
def test_free_licences_are_used(licence: str) -> None:
    assert [photo.licence for photo in commons.parse_imageinfo(_imageinfo(licence))] == [licence]


@pytest.mark.parametrize(
    "licence",
    ["CC BY-NC 2.0", "CC BY-ND 4.0", "CC BY-NC-ND 3.0", "CC BY-NC-SA 4.0", "Fair use", "All rights reserved", ""],
)
def test_other_licences_are_left_out(licence: str) -> None:
    assert commons.parse_imageinfo(_imageinfo(licence)) == []


def _imageinfo(licence: str) -> bytes:
    info = {
        "url": "https://upload.wikimedia.org/a.jpg", "width": 10, "height": 10, "mime": "image/jpeg",
        "extmetadata": {"LicenseShortName": {"value": licence}},
    }  # fmt: skip
    return json.dumps({"query": {"pages": {"1": {"title": "File:A.jpg", "imageinfo": [info]}}}}).encode()


@pytest.mark.parametrize(
    ("code", "reason", "message", "kind", "says"),
    [
        (403, "dailyLimitExceeded", "Daily Limit Exceeded", SourceUnavailable, "quota is used up"),
        (403, "quotaExceeded", "Too many searches", SourceUnavailable, "quota is used up"),
        (429, "rateLimitExceeded", "Too many searches", SourceUnavailable, "quota is used up"),
        (400, "API_KEY_INVALID", "API key not valid.", SourceBlocked, "check both"),
        (403, "ipRefererBlocked", "Requests from this address are blocked.", SourceBlocked, "check both"),
        (403, "forbidden", "This API was discontinued on January 1, 2027.", SourceUnavailable, "has ended"),
        (410, "gone", "The search is no longer available.", SourceUnavailable, "has ended"),
        (503, "backendError", "The service is busy.", SourceUnavailable, "cannot search now"),
    ],
)
@pytest.mark.parametrize("place", ["errors", "details"])
def test_google_says_why_it_does_not_search(
    code: int, reason: str, message: str, kind: type[Exception], says: str, place: str
) -> None:
    error = {"code": code, "message": message, place: [{"domain": "global", "reason": reason}]}

    refusal = google_images.parse_refusal(json.dumps({"error": error}).encode())

    assert type(refusal) is kind
    assert says in str(refusal)
    assert message in str(refusal)
    assert reason in str(refusal)


def test_a_refusal_of_another_form_is_a_changed_page() -> None:
    with pytest.raises(PageChanged, match="error"):
        google_images.parse_refusal(b'{"problem": "yes"}')
