"""A page of another form is an alarm that names what is missing, never an empty answer."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from indexer.errors import PageChanged
from indexer.sources.allocine import pages as allocine_pages
from indexer.sources.imdb import pages as imdb_pages
from indexer.sources.imdb import search as imdb_search
from indexer.sources.programme_television.pages import parse_channel_day, parse_programme
from indexer.sources.records import ChannelRecord
from tests.paths import RECORDINGS

HOME = b"<!doctype html><html><head><title>Welcome</title></head><body><p>New look!</p></body></html>"


def channel_day(content: bytes) -> Any:
    return parse_channel_day(content, channel=ChannelRecord("un", "Un"), day=date(2026, 8, 20))


PARSERS: list[tuple[Callable[[bytes], Any], str]] = [
    (imdb_pages.parse_full_credits, r"table\.cast_list"),
    (imdb_search.parse_search, "titleResults"),
    (allocine_pages.parse_casting, r"section\.casting-actor"),
    (allocine_pages.parse_person, r"titlebar-title-lg"),
    (allocine_pages.parse_filmography, r"table\.filmography-table"),
    (channel_day, r"tvgrid-broadcast__item"),
    (parse_programme, r"casting__item"),
]


@pytest.mark.parametrize(("parse", "missing"), PARSERS)
@pytest.mark.parametrize("content", [b"", HOME, b"\xff\xd8\xff\xe0" * 50], ids=["empty", "another page", "jpeg"])
def test_another_page_is_an_alarm_that_names_what_is_missing(
    parse: Callable[[bytes], Any], missing: str, content: bytes
) -> None:
    with pytest.raises(PageChanged, match=missing):
        parse(content)


RENAMED = [
    ("imdb/cast-old_table.html", imdb_pages.parse_full_credits, "/name/nm", "/person/"),
    ("imdb/cast-categories.html", imdb_pages.parse_full_credits, "section", "part"),
    ("imdb/cast-categories.html", imdb_pages.parse_full_credits, "rowTitle", "title"),
    ("imdb/cast-edges.json", imdb_pages.parse_full_credits, "nameText", "fullName"),
    ("imdb/cast-list.html", imdb_pages.parse_full_credits, "/name/nm", "/person/"),
    ("allocine/casting-film.html", allocine_pages.parse_casting, "casting-actor", "casting-stars"),
    ("allocine/casting-series.html", allocine_pages.parse_casting, "meta-title", "headline"),
    ("allocine/person-actor.html", allocine_pages.parse_person, "titlebar-title-lg", "title"),
    ("allocine/filmography-actor.html", allocine_pages.parse_filmography, "data-heading", "data-column"),
    ("programme_television/day-evening.html", channel_day, "details-time", "clock"),
    ("programme_television/day-evening.html", channel_day, "details-title", "name"),
    ("programme_television/programme-film.html", parse_programme, "casting__name", "person"),
]


@pytest.mark.parametrize(("recording", "parse", "name", "other"), RENAMED)
def test_a_layout_with_another_name_in_it_is_an_alarm(
    recording: str, parse: Callable[[bytes], Any], name: str, other: str
) -> None:
    content = (RECORDINGS / recording).read_bytes()
    assert name.encode() in content

    with pytest.raises(PageChanged):
        parse(content.replace(name.encode(), other.encode()))


def test_a_list_without_sections_has_those_with_characters() -> None:
    content = (RECORDINGS / "imdb/cast-list.html").read_bytes().replace(b"sub-section-", b"group-")

    assert [record.name for record in imdb_pages.parse_full_credits(content).cast] == ["Ada Löwe", "Ben Okri Hale"]


@pytest.mark.parametrize("cut", [200, 700, 1200])
def test_json_that_breaks_off_is_an_alarm(cut: int) -> None:
    with pytest.raises(PageChanged, match=r"cannot be read|has no cast"):
        imdb_pages.parse_full_credits((RECORDINGS / "imdb/cast-edges.json").read_bytes()[:cut])


def test_json_nested_beyond_reason_is_an_alarm() -> None:
    with pytest.raises(PageChanged, match="cannot be read"):
        imdb_pages.parse_full_credits(b'{"a":' * 100_000)


def test_a_group_of_people_with_characters_is_the_cast_whatever_it_is_called() -> None:
    content = (RECORDINGS / "imdb/cast-categories.html").read_bytes()
    renamed = content.replace(b'"id":"cast","name":"Cast"', b'"id":"new","name":"Besetzung"')

    assert imdb_pages.parse_full_credits(renamed) == imdb_pages.parse_full_credits(content)


@pytest.mark.parametrize(("parse", "_missing"), PARSERS)
def test_a_page_nested_beyond_reason_is_an_alarm_at_once(parse: Callable[[bytes], Any], _missing: str) -> None:
    with pytest.raises(PageChanged, match="nested"):
        parse(b'<div class="tvgrid-broadcast__item"><table class="cast_list"><tr><td><a href="/name/nm1/">' * 5_000)


def test_a_search_without_results_is_no_alarm() -> None:
    assert imdb_search.parse_search(b'{"d": []}') == ()
    assert allocine_pages.parse_search(b'{"results": []}') == ()


def test_a_changed_search_answer_is_an_alarm() -> None:
    with pytest.raises(PageChanged, match="results"):
        allocine_pages.parse_search(b'{"items": []}')


def test_a_partial_cast_says_how_many_are_missing() -> None:
    found = imdb_pages.parse_full_credits((RECORDINGS / "imdb/cast-categories.html").read_bytes())

    assert found.missing == 61 - 5
    assert found.end_cursor == "YzI1MA=="
