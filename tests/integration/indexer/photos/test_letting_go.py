"""Photos that expire, and people who do not want to be found."""

from collections import Counter
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from indexer.galleries.retire import retire_galleries
from tests.integration.indexer.http.origin import whole
from tests.integration.indexer.photos.evening import Evening, jpeg
from tests.integration.indexer.rig import MORNING


def test_a_photo_that_is_about_to_expire_is_fetched_again(evening: Evening) -> None:
    evening.begin()
    source = evening.tmdb(1)
    evening.gather(source)

    early = evening.gather(source, now=MORNING + timedelta(days=160))
    late = evening.gather(source, now=MORNING + timedelta(days=170))

    assert (early["renewed"], late["renewed"]) == (0, 1)
    assert evening.pictures.asked == ["/h632/1.jpg"] * 2
    assert evening.photos("state, expires_at") == [("gathered", MORNING + timedelta(days=350))]


def test_one_that_cannot_be_had_again_is_forgotten_with_its_picture(evening: Evening) -> None:
    evening.begin()
    source = evening.tmdb(1)
    evening.gather(source)
    evening.pictures.at("/h632/1.jpg", whole(b"no", status=404))
    evening.gather(source, now=MORNING + timedelta(days=175))
    assert evening.photos("state") == [("gathered",)], "it may be used until it expires"

    retire_galleries(evening.context(now=MORNING + timedelta(days=181)), Counter())

    assert evening.photos() == []
    assert list(evening.indexer.storage.keys("photos/")) == []
    assert evening.indexer.rows("SELECT count(*) FROM scan") == [(0,)]


def test_what_was_forgotten_is_asked_for_again_when_they_are_on_screen_again(evening: Evening) -> None:
    evening.begin()
    source = evening.tmdb(1)
    evening.gather(source, now=MORNING - timedelta(days=181))
    retire_galleries(evening.context(now=MORNING), Counter())
    assert evening.photos() == []

    evening.gather(source, now=MORNING)

    assert evening.photos("state, expires_at") == [("gathered", MORNING + timedelta(days=180))]


def test_nobody_is_asked_about_somebody_who_opted_out(evening: Evening) -> None:
    evening.begin()
    evening.opt_out()
    sources = [evening.tvmaze(evening.picture(1)), evening.tmdb(2), evening.google(evening.picture(3))]

    assert evening.gather(*sources) == {}
    assert evening.look_up(sources[0]) == {}  # type: ignore[arg-type]

    assert evening.requests == 0
    assert evening.photos() == []
    assert evening.indexer.rows("SELECT count(*) FROM lookup") == [(0,)]


def test_whoever_opts_out_while_they_are_looked_after_leaves_no_trace(evening: Evening) -> None:
    evening.begin()
    picture = whole(jpeg(1))

    def opt_out(handler: BaseHTTPRequestHandler) -> None:
        evening.opt_out()
        picture(handler)

    evening.gather(evening.google(evening.picture(1, opt_out), evening.picture(2)))
    retire_galleries(evening.context(), Counter())

    assert evening.pictures.asked == ["/1.jpg"]
    assert evening.photos() == []
    assert list(evening.indexer.storage.keys("photos/")) == []


def test_a_picture_leaves_nothing_in_the_cache_of_the_client(evening: Evening, tmp_path: Path) -> None:
    evening.begin()

    evening.gather(evening.google(evening.picture(1)))

    kept = [file.read_bytes() for file in (tmp_path / "http" / "bodies").iterdir()]
    assert kept
    assert jpeg(1) not in kept
