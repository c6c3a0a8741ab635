"""Photos of people in upcoming airings, from replicas that serve real pictures, on good days and bad ones."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from db.engine import session
from db.queries.offers import Offer, record_offers
from tests.integration.indexer.http.origin import Origin, Reply, cut_off, dripping_body, endless, start, whole
from tests.integration.indexer.photos.evening import Evening, jpeg
from tests.integration.indexer.rig import MORNING, guide, programme

HALF_A_YEAR = timedelta(days=180)


def offer_stills(evening: Evening, *numbers: int, of: str = "Night Shift") -> None:
    """As the cast of a programme brings them."""
    [(person_id, credit_id)] = evening.indexer.rows("SELECT person_id, id FROM credit")
    offers = [Offer(url, "still", of, "CC BY-SA", "TVmaze", None) for url in evening.serve(*numbers)]
    with session(evening.indexer.engine) as opened:
        record_offers(opened, person_id, credit_id, "tvmaze", offers, now=MORNING)


def test_a_photo_is_held_with_its_origin_its_terms_and_the_credit_that_justifies_it(evening: Evening) -> None:
    evening.begin()
    portrait, profile = evening.picture(1), f"{evening.pictures.url}/h632/2.jpg"

    evening.gather(evening.wikidata(portrait), evening.tmdb(2))

    assert evening.photos("source, origin, kind, licence, credit_line, state, expires_at - gathered_at") == [
        ("wikidata", portrait, "portrait", "CC BY 4.0", "Ann", "gathered", None),
        ("tmdb", profile, "portrait", "TMDB terms of use", "TMDB", "gathered", HALF_A_YEAR),
    ]
    assert evening.indexer.rows(
        "SELECT DISTINCT title FROM photo JOIN credit ON credit.id = credit_id"
        " JOIN programme ON programme.id = programme_id"
    ) == [("Night Shift",)]
    for key, number in zip(evening.photos("object_key"), (1, 2), strict=True):
        assert evening.indexer.storage.get(key[0], max_bytes=100_000) == jpeg(number)


def test_ten_are_enough_and_they_are_a_mix(evening: Evening) -> None:
    evening.begin()
    offer_stills(evening, 90, of="Elsewhere")
    offer_stills(evening, *range(91, 97))
    sources = [evening.tvmaze(evening.picture(1)), evening.tmdb(*range(2, 14)), evening.google(*evening.serve(30, 31))]

    counts = evening.gather(*sources)

    held = evening.photos("kind, source, of, origin")
    assert counts["added"] == 10
    chosen = [row[:3] for row, (state,) in zip(held, evening.photos("state"), strict=True) if state == "gathered"]
    assert chosen.count(("still", "tvmaze", "Night Shift")) == 5
    assert chosen.count(("portrait", "tvmaze", None)) == 1
    assert chosen.count(("portrait", "tmdb", None)) == 4
    assert "/google" not in evening.api.paths, "ten were on offer before it was its turn"


def test_the_second_night_asks_nothing_and_changes_nothing(evening: Evening) -> None:
    evening.begin()
    sources = [evening.tvmaze(evening.picture(1)), evening.wikidata(evening.picture(2)), evening.tmdb(3, 4)]
    first = evening.gather(*sources)
    assert (first["questions"], first["added"]) == (3, 4)
    asked, stored = evening.requests, evening.indexer.everything()

    second = evening.gather(*sources, now=MORNING + timedelta(days=1))

    assert evening.requests == asked
    assert evening.indexer.everything() == stored
    assert second == {"people": 1}


def test_a_person_costs_one_question_a_source_and_one_request_a_picture(evening: Evening) -> None:
    evening.begin()

    evening.gather(evening.tvmaze(evening.picture(1)), evening.tmdb(2, 3))

    assert sorted(evening.api.paths) == ["/tmdb/configuration", "/tmdb/person/70/images", "/tvmaze/people/7"]
    assert sorted(evening.pictures.asked) == ["/1.jpg", "/h632/2.jpg", "/h632/3.jpg"]


def test_after_a_month_a_source_is_asked_again_and_what_it_withdrew_is_let_go(evening: Evening) -> None:
    evening.begin()
    evening.gather(evening.google(*evening.serve(1, 2)))
    source = evening.google(*evening.serve(2, 3))

    counts = evening.gather(source, now=MORNING + timedelta(days=31))

    assert counts["added"] == 1
    assert evening.photos("origin") == [(f"{evening.pictures.url}/2.jpg",), (f"{evening.pictures.url}/3.jpg",)]
    assert evening.pictures.asked.count("/2.jpg") == 1


def test_somebody_without_ids_is_asked_about_by_name_only(evening: Evening) -> None:
    evening.begin(ids={})

    evening.gather(evening.tvmaze(evening.picture(1)), evening.tmdb(2), evening.google(evening.picture(3)))

    assert evening.photos() == [("portrait", "google-images", "gathered")]
    assert evening.api.paths == ["/google"]
    assert evening.indexer.rows("SELECT source, outcome FROM lookup WHERE outcome <> 'found' ORDER BY source") == [
        ("tmdb", "not told apart by what is known of them"),
        ("tvmaze", "not told apart by what is known of them"),
    ]


def test_a_source_is_asked_as_soon_as_an_id_is_known(evening: Evening) -> None:
    evening.begin(ids={})
    source = evening.tvmaze(evening.picture(1))
    evening.gather(source)

    evening.know("Zoe Example", {"tvmaze": "people/7"})
    evening.gather(source, now=MORNING + timedelta(hours=1))

    assert evening.photos() == [("portrait", "tvmaze", "gathered")]


def test_ids_that_other_sources_know_open_those_that_could_not_tell_who_it_is(evening: Evening) -> None:
    evening.begin(ids={"tvmaze": "people/7"})
    tmdb, wikidata = evening.tmdb(1, 2), evening.wikidata(evening.picture(3))

    counts = evening.gather(tmdb, wikidata, people=[wikidata])

    assert counts["questions"] == 2  # TMDB could not be asked before
    assert sorted(evening.photos("source")) == [("tmdb",), ("tmdb",), ("wikidata",)]
    asked = evening.requests
    evening.gather(tmdb, wikidata, people=[wikidata], now=MORNING + timedelta(days=1))
    assert evening.requests == asked


def test_nobody_is_asked_for_ids_when_there_are_pictures_enough(evening: Evening) -> None:
    evening.begin(ids={"tvmaze": "people/7"})
    wikidata = evening.wikidata(evening.picture(3))

    evening.gather(evening.tmdb(1), evening.tvmaze(evening.picture(2)), most=1, people=[wikidata])

    assert evening.api.paths == ["/tvmaze/people/7"]


BAD_DAYS: dict[str, tuple[Reply, str, str]] = {
    "forbidden": (whole(b"no", status=403), "refused", "refuses us (HTTP 403)"),
    "gone": (whole(b"no", status=404), "refused", "no such document"),
    "no picture": (whole(b"<html>Not a picture</html>"), "refused", "not a picture that we can read"),
    "damaged": (whole(jpeg(1)[:700]), "refused", "cut off or damaged"),
    "too small": (whole(jpeg(1, side=8)), "refused", "too small"),
    "huge": (endless(b"\xff" * 65536, []), "refused", "is over 20,000,000 bytes"),
    "huge by its own word": (
        lambda handler: start(handler, Content_Length="3000000000"),
        "refused",
        "is over 20,000,000 bytes",
    ),
    "slow": (dripping_body, "offered", "still answering"),
    "cut off": (cut_off, "offered", "did not arrive"),
    "down": (whole(b"no", status=500), "offered", "HTTP 500"),
}


@pytest.mark.parametrize("day", BAD_DAYS)
def test_a_bad_day_costs_one_photo_and_says_why(evening: Evening, day: str) -> None:
    reply, state, reason = BAD_DAYS[day]
    evening.begin()
    links = [evening.picture(1, reply), evening.picture(2)]

    evening.gather(evening.google(*links))

    [(first_state, first_reason), second] = evening.photos("state, reason")
    assert (first_state, second) == (state, ("gathered", None))
    assert reason in first_reason
    assert len(list(evening.indexer.storage.keys("photos/"))) == 1
    tried_again = evening.pictures.asked.count("/1.jpg") + (state == "offered")
    evening.gather(evening.google(*links), now=MORNING + timedelta(days=1))
    assert evening.pictures.asked.count("/1.jpg") == tried_again


def test_a_picture_that_leads_inside_is_refused_and_nothing_is_sent_there(evening: Evening, inside: Origin) -> None:
    evening.begin()

    def to(place: str) -> Reply:
        return lambda handler: start(handler, 302, Location=place, Content_Length="0")

    links = [
        evening.picture(1, to(inside.url)),
        evening.picture(2, to("http://169.254.169.254/latest/meta-data/")),
        "http://10.0.0.1/photo.jpg",
        "http://[::ffff:127.0.0.2]:80/photo.jpg",
        evening.picture(3),
    ]

    evening.gather(evening.google(*links))

    assert evening.photos("state") == [("refused",)] * 4 + [("gathered",)]
    assert all("not on the internet" in reason for (reason,) in evening.photos("reason")[:4])
    assert inside.requests == []


def test_addresses_that_cannot_be_asked_or_stored_are_left_out(evening: Evening) -> None:
    evening.begin()
    long = f"{evening.pictures.url}/{'x' * 9000}.jpg"
    links = ["data:image/png;base64,AAAA", "http://example.org/\x1f.jpg", "ftp://example.org/a.jpg", long]

    counts = evening.gather(evening.google(*links, evening.picture(1)))

    assert counts == {"people": 1, "questions": 1, "added": 1}
    assert evening.photos("origin, state") == [(f"{evening.pictures.url}/1.jpg", "gathered")]


def test_pictures_of_somebody_without_any_credit_are_not_noted(evening: Evening) -> None:
    evening.begin()
    [(person_id, credit_id)] = evening.indexer.rows("SELECT person_id, id FROM credit")
    offers = [Offer("http://example.org/a.jpg", "portrait", None, None, None, None)]
    with session(evening.indexer.engine) as opened:
        assert record_offers(opened, person_id, credit_id + 1, "tmdb", offers, now=MORNING) == 1
        opened.execute(text("DELETE FROM credit"))

        assert record_offers(opened, person_id, credit_id, "tmdb", offers, now=MORNING) == 0


def test_a_source_that_refuses_us_is_left_in_peace_and_asked_again_the_next_night(evening: Evening) -> None:
    names = [f"Person {letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
    evening.indexer.run(evening.indexer.write(guide(programme("Night Shift", "20:00", "21:00", cast=names))))
    google = evening.google()
    evening.api.put("/google", b"no", status=403)

    evening.gather(google)

    assert evening.api.paths == ["/google"]
    assert evening.indexer.rows("SELECT source, state FROM source_health WHERE source = 'google-images'") == [
        ("google-images", "blocked")
    ]
    assert evening.indexer.rows("SELECT DISTINCT outcome FROM lookup") == [("blocked",)]
    nothing = {"searchInformation": {"totalResults": "0"}}
    evening.api.put("/google", json.dumps(nothing).encode())
    assert evening.gather(google, now=MORNING + timedelta(minutes=5))["questions"] == len(names) - 1
    assert evening.gather(google, now=MORNING + timedelta(days=1))["questions"] == 1


def test_a_host_that_fails_again_and_again_is_left_in_peace(evening: Evening) -> None:
    evening.begin()
    links = [evening.picture(number, whole(b"no", status=500)) for number in range(8)]

    counts = evening.gather(evening.google(*links))

    assert len(evening.pictures.asked) == 3
    assert counts == {"people": 1, "questions": 1, "missed": 3, "put_off": 5}
    assert evening.photos("state") == [("offered",)] * 8


def test_the_same_picture_from_two_sources_is_held_once(evening: Evening) -> None:
    evening.begin()
    source = evening.wikidata(evening.picture(1))
    evening.gather(source, evening.google(evening.picture(2, whole(jpeg(1))), evening.picture(3)))

    assert evening.photos("state, reason") == [
        ("gathered", None),
        ("refused", "the same picture as another photo"),
        ("gathered", None),
    ]
    assert len(list(evening.indexer.storage.keys("photos/"))) == 2


def test_what_storage_has_lost_is_fetched_again(evening: Evening) -> None:
    evening.begin()
    source = evening.google(evening.picture(1))
    evening.gather(source)
    [key] = evening.indexer.storage.keys("photos/")
    evening.indexer.storage.delete(key)

    evening.gather(source)

    assert list(evening.indexer.storage.keys("photos/")) == [key]
