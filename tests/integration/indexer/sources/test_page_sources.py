"""The page sources through the real client, against servers on loopback."""

import gzip
from datetime import UTC, date, datetime

import pytest

from indexer.errors import SourceBlocked, SourceUnavailable
from indexer.http import HttpClient
from indexer.sources.allocine.source import Allocine
from indexer.sources.imdb.datasets import ImdbDatasets
from indexer.sources.imdb.rows import Wanted
from indexer.sources.imdb.source import Imdb
from indexer.sources.programme_television.source import ProgrammeTelevision
from indexer.sources.protocols import CareerSource, CastSource, PhotoSource
from tests.integration.indexer.http.conftest import client, make_client, origin
from tests.integration.indexer.http.origin import Origin, Reply, whole
from tests.paths import RECORDINGS

__all__ = ["client", "make_client", "origin"]

DAY = date(2026, 8, 20)
NEXT_DAYS = [date(2026, 8, 21), date(2026, 8, 27)]
CHANNELS = {"une": "Chaîne Une", "deux": "Chaîne Deux"}


def recorded(name: str, **headers: str) -> Reply:
    return whole((RECORDINGS / name).read_bytes(), **headers)


def packed(name: str) -> Reply:
    return whole(gzip.compress((RECORDINGS / "imdb_datasets" / name).read_bytes()), Content_Type="application/gzip")


@pytest.fixture
def imdb(origin: Origin, client: HttpClient) -> CastSource:
    return Imdb(client, origin.url)


@pytest.fixture
def allocine(origin: Origin, client: HttpClient) -> Allocine:
    return Allocine(client, origin.url)


@pytest.fixture
def datasets(origin: Origin, client: HttpClient) -> ImdbDatasets:
    return ImdbDatasets(client, origin.url)


def test_imdb_tells_a_cast_and_finds_a_title(origin: Origin, imdb: CastSource) -> None:
    origin.at("/title/tt9200001/fullcredits/", recorded("imdb/cast-categories.html"))
    origin.at("/find/", recorded("imdb/search-find.html"))

    cast = imdb.cast({"imdb": "tt9200001"})
    found = imdb.search("Quiet Orbit", kind="film")

    assert cast is not None
    assert [(record.name, record.role) for record in cast][:2] == [
        ("Ivo Čapek", "Pilot / Pilot's Twin"),
        ("Kofi Mensah", "Engineer"),
    ]
    assert [programme.ids["imdb"] for programme in found] == ["tt9200001"]
    assert origin.asked == ["/title/tt9200001/fullcredits/", "/find/?q=Quiet+Orbit&s=tt"]


@pytest.mark.parametrize("ids", [{}, {"tmdb": "tv/1"}, {"imdb": "nm9000011"}, {"imdb": "tt1/../../secret"}])
def test_imdb_is_not_asked_without_a_title_id_of_its_own(origin: Origin, imdb: CastSource, ids: dict[str, str]) -> None:
    assert imdb.cast(ids) is None
    assert origin.asked == []


def test_imdbs_challenge_is_blocked_and_asked_once(origin: Origin, imdb: CastSource) -> None:
    origin.at("/title/tt9200001/fullcredits/", whole(b"", status=202, x_amzn_waf_action="challenge"))

    with pytest.raises(SourceBlocked):
        imdb.cast({"imdb": "tt9200001"})
    assert len(origin.asked) == 1


def test_robots_txt_keeps_us_out_of_imdb(origin: Origin, imdb: CastSource) -> None:
    origin.at("/robots.txt", whole(b"User-agent: *\nDisallow: /title/\n"))
    origin.at("/title/tt9200001/fullcredits/", recorded("imdb/cast-categories.html"))

    with pytest.raises(SourceBlocked, match=r"robots\.txt"):
        imdb.cast({"imdb": "tt9200001"})
    assert origin.asked == []


def test_allocine_tells_casts_photos_and_careers(origin: Origin, allocine: Allocine) -> None:
    origin.at("/film/fichefilm-803/casting/", recorded("allocine/casting-film.html"))
    origin.at("/series/ficheserie-223/casting/", recorded("allocine/casting-series.html"))
    origin.at("/personne/fichepersonne_gen_cpersonne=901.html", recorded("allocine/person-actor.html"))
    origin.at("/personne/fichepersonne-901/filmographie/", recorded("allocine/filmography-actor.html"))
    origin.at("/_/autocomplete/Port-Calme%20%2F%201", recorded("allocine/search-suggestions.json"))
    casts: CastSource = allocine
    photos: PhotoSource = allocine
    careers: CareerSource = allocine

    assert len(casts.cast({"allocine": "film/803"}) or ()) == 5
    assert len(casts.cast({"allocine": "series/223"}) or ()) == 1
    assert [photo.url[-8:] for photo in photos.photos({"allocine": "personne/901"}, ["Noé Delage"]) or ()] == [
        "/111.jpg"
    ]
    assert [part.dated.year for part in careers.past_credits({"allocine": "personne/901"}) or ()] == [2026, 2019, 2015]
    assert [found.titles[0] for found in casts.search("Port-Calme / 1", kind="series")] == ["Port-Calme"]


@pytest.mark.parametrize("ids", [{}, {"imdb": "tt1"}, {"allocine": "film/x"}, {"allocine": "film/1/../2"}])
def test_allocine_is_not_asked_without_an_id_of_its_own(
    origin: Origin, allocine: Allocine, ids: dict[str, str]
) -> None:
    assert allocine.cast(ids) is None
    assert allocine.photos(ids, ["Noé Delage"]) is None
    assert allocine.past_credits(ids) is None
    assert origin.asked == []


def test_a_page_in_latin_1_that_says_utf_8_is_read(origin: Origin, allocine: Allocine) -> None:
    page = (RECORDINGS / "allocine/casting-film.html").read_text("utf-8").encode("iso-8859-1")
    origin.at("/film/fichefilm-803/casting/", whole(page, Content_Type="text/html; charset=utf-8"))

    cast = allocine.cast({"allocine": "film/803"})

    assert cast is not None
    assert [record.name for record in cast][:2] == ["Noé Delage", "Anaïs Colin"]


def test_the_datasets_tell_titles_casts_and_careers(origin: Origin, datasets: ImdbDatasets) -> None:
    origin.at("/title.akas.tsv.gz", packed("others-akas.tsv"))
    origin.at("/title.basics.tsv.gz", packed("titles-basics.tsv"))
    origin.at("/title.principals.tsv.gz", packed("cast-principals.tsv"))
    origin.at("/name.basics.tsv.gz", packed("people-names.tsv"))
    wanted = Wanted("Quiet Orbit", "film", 2024)

    titles = datasets.find_titles([wanted])
    casts = datasets.casts({"tt9200001", "tt9200005"})
    careers = datasets.past_credits({"nm9000011", "nm9999999"})

    assert [record.ids["imdb"] for record in titles[wanted]] == ["tt9200001"]
    assert {title: [(record.name, record.role) for record in cast] for title, cast in casts.items()} == {
        "tt9200001": [("Ivo Čapek", "Pilot")]
    }
    assert [(part.credit.title, part.credit.year, part.credit.role) for part in careers["nm9000011"]] == [
        ("Quiet Orbit", 2024, "Pilot")
    ]
    assert "nm9999999" not in careers


def test_a_dataset_cut_short_by_its_publisher_is_unavailable(origin: Origin, datasets: ImdbDatasets) -> None:
    table = gzip.compress((RECORDINGS / "imdb_datasets/cast-principals.tsv").read_bytes())
    origin.at("/title.principals.tsv.gz", whole(table[:-20]))

    with pytest.raises(SourceUnavailable, match=r"title\.principals broke off"):
        datasets.casts({"tt9200001"})


def television(origin: Origin, client: HttpClient, *, casts: bool = False) -> ProgrammeTelevision:
    return ProgrammeTelevision(client, CHANNELS, origin.url, casts=casts)


@pytest.fixture
def day(origin: Origin) -> Origin:
    origin.at("/tv/chaines/une/", recorded("programme_television/day-evening.html"))
    origin.at("/tv/programmes/102/port-calme", recorded("programme_television/programme-film.html"))
    origin.at("/tv/programmes/103/port-calme", whole(b"gone", status=404))
    return origin


def test_a_channels_day_is_listed_and_a_channel_without_a_page_counted(day: Origin, client: HttpClient) -> None:
    listing = television(day, client).listing(DAY, today=DAY)

    assert [channel.name for channel in listing.channels] == ["Chaîne Une"]
    assert [airing.start for airing in listing.airings][-2:] == [
        datetime(2026, 8, 20, 22, 40, tzinfo=UTC),
        datetime(2026, 8, 21, 3, 30, tzinfo=UTC),
    ]
    assert listing.skipped == {"no_start": 1, "no_page": 1}
    assert day.asked == ["/tv/chaines/une/", "/tv/chaines/deux/"]


def test_casts_are_asked_for_films_and_episodes_only_and_only_on_the_site(day: Origin, client: HttpClient) -> None:
    listing = television(day, client, casts=True).listing(DAY, today=DAY)

    with_cast = {
        airing.title: [credit.name for credit in airing.credits] for airing in listing.airings if airing.credits
    }
    assert with_cast == {"Port-Calme": ["Noé Delage", "Anaïs Colin", "Odile Réal", "Marc Prod"]}
    assert [target for target in day.asked if "programmes" in target] == [
        "/tv/programmes/102/port-calme",
        "/tv/programmes/103/port-calme",
    ]


def test_tomorrow_and_next_week_have_addresses_of_their_own(origin: Origin, client: HttpClient) -> None:
    for path in ("vendredi", "jeudiprochain"):
        origin.at(f"/tv/chaines/une/{path}", recorded("programme_television/day-evening.html"))

    starts = [television(origin, client).listing(day, today=DAY).airings[0].start for day in NEXT_DAYS]

    assert [f"{start:%m-%d %H:%M}" for start in starts] == ["08-21 18:00", "08-27 18:00"]


def test_no_channel_at_all_is_unavailable(origin: Origin, client: HttpClient) -> None:
    with pytest.raises(SourceUnavailable, match="none of the 2 channels"):
        television(origin, client).listing(DAY, today=DAY)


@pytest.mark.parametrize(
    ("reply", "said"), [(whole(b"oops", status=500), "500"), (whole(b"<html>New look</html>"), "tvgrid-broadcast")]
)
def test_what_was_read_before_a_failure_is_kept_with_the_problem(
    day: Origin, client: HttpClient, reply: Reply, said: str
) -> None:
    day.at("/tv/chaines/deux/", reply)

    listing = television(day, client).listing(DAY, today=DAY)

    assert len(listing.airings) == 6
    assert said in (listing.problem or "")


def test_a_failing_programme_page_costs_only_casts(day: Origin, client: HttpClient) -> None:
    day.at("/tv/programmes/103/port-calme", whole(b"oops", status=500))

    listing = television(day, client, casts=True).listing(DAY, today=DAY)

    assert [len(airing.credits) for airing in listing.airings] == [0, 4, 0, 0, 0, 0]
    assert "500" in (listing.problem or "")
