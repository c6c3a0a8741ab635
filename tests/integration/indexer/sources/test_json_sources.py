"""The sources with a JSON API against replicas on loopback: what they ask for, and what they make of bad days."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from indexer.errors import NotFound, PageChanged, SourceBlocked, SourceUnavailable
from indexer.http import HostPolicy, HttpClient
from indexer.http.transport import Limits
from indexer.sources.google_images import GoogleImages
from indexer.sources.tmdb.source import Tmdb
from indexer.sources.tvmaze.schedule import TvmazeSchedule
from indexer.sources.tvmaze.source import Tvmaze
from indexer.sources.wikimedia.commons import Commons
from indexer.sources.wikimedia.wikidata import Wikidata
from tests.integration.indexer.replica import Replica, query_of
from tests.paths import RECORDINGS

API_KEY = "0123456789abcdef0123456789abcdef"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJhIn0.c2lnbmF0dXJl"  # opens nothing


def recorded(name: str) -> bytes:
    return (RECORDINGS / name).read_bytes()


@pytest.fixture
def replica() -> Iterator[Replica]:
    replica = Replica()
    with replica.running():
        yield replica


@pytest.fixture
def http(tmp_path: Path) -> Iterator[HttpClient]:
    client = HttpClient(
        tmp_path / "http",
        "findtheactor-tests/1 (+https://example.org/contact)",
        default_policy=HostPolicy(interval_s=0, robots=False),
        allowed_networks=[IPv4Network("127.0.0.0/8")],
        page_limits=Limits(retry_pauses_s=()),
    )
    yield client
    client.close()


@pytest.fixture
def tvmaze(http: HttpClient, replica: Replica) -> Tvmaze:
    replica.put("/shows/11/cast", recorded("tvmaze/cast-regulars.json"))
    replica.put("/shows/11", json.dumps({"id": 11, "name": "Night Shift"}).encode())
    return Tvmaze(http, replica.url)


@pytest.fixture
def tmdb(http: HttpClient, replica: Replica) -> Tmdb:
    images = {"secure_base_url": "https://image.tmdb.org/t/p/", "profile_sizes": ["w185", "h632", "original"]}
    replica.put("/configuration", json.dumps({"images": images}).encode())
    return Tmdb(http, API_KEY, language="fr", base_url=replica.url)


@pytest.fixture
def wikidata(http: HttpClient, replica: Replica) -> Wikidata:
    replica.put("/wiki/Special:EntityData/Q500.json", recorded("wikidata/entity-two_scripts.json"))
    return Wikidata(http, Commons(http, replica.url), language="fr", base_url=replica.url)


@pytest.fixture
def google(http: HttpClient, replica: Replica) -> GoogleImages:
    return GoogleImages(http, "google-key", "engine", f"{replica.url}/customsearch/v1")


class TestTvmaze:
    def test_the_cast_has_the_regulars_then_the_guests_of_the_episode(self, tvmaze: Tvmaze, replica: Replica) -> None:
        guest = [{"person": {"id": 950, "name": "Guy Guest"}, "character": {"id": 9, "name": "The Thief"}}]
        replica.put("/shows/11/episodebynumber", b'{"id": 777, "name": "Five"}', season="2", number="5")
        replica.put("/episodes/777/guestcast", json.dumps(guest).encode())

        cast = tvmaze.cast({"tvmaze": "shows/11"}, season=2, episode=5)

        assert cast is not None
        assert [(record.position, record.name, record.role) for record in cast] == [
            (0, "Zoé Example", "Captain Laurent"),
            (1, "Ada Host", None),
            (2, "Bo Guestless", None),
            (3, "Guy Guest", "The Thief"),
        ]
        assert [photo.of for photo in cast[0].photos] == [None, "Night Shift"]

    def test_an_episode_that_tvmaze_does_not_have_has_no_guests(self, tvmaze: Tvmaze) -> None:
        cast = tvmaze.cast({"tvmaze": "shows/11"}, season=9, episode=9)

        assert cast is not None
        assert len(cast) == 3

    def test_a_programme_is_found_by_its_imdb_id(self, tvmaze: Tvmaze, replica: Replica) -> None:
        replica.put("/lookup/shows", b"", status=301, location="/shows/11", imdb="tt0000011")

        cast = tvmaze.cast({"imdb": "tt0000011"})

        assert cast is not None
        assert len(cast) == 3
        assert tvmaze.cast({"imdb": "tt0000012"}) is None

    def test_ids_of_other_systems_say_nothing_and_cost_nothing(self, tvmaze: Tvmaze, replica: Replica) -> None:
        assert tvmaze.cast({"tmdb": "tv/11", "imdb": "nm0000011", "tvmaze": "people/11"}) is None
        assert tvmaze.photos({"tvmaze": "shows/11"}, ["Zoé Example"]) is None
        assert tvmaze.past_credits({"imdb": "nm0000011"}) is None
        assert tvmaze.search("A Film", kind="film") == ()
        assert replica.paths == []

    def test_a_cast_that_is_not_there_is_no_empty_cast(self, tvmaze: Tvmaze) -> None:
        with pytest.raises(NotFound):
            tvmaze.cast({"tvmaze": "shows/12"})

    def test_a_search_that_finds_the_title_asks_once(self, tvmaze: Tvmaze, replica: Replica) -> None:
        replica.put("/search/shows", recorded("tvmaze/search-two_of_one_title.json"), q="CHARMS")

        assert [programme.year for programme in tvmaze.search("CHARMS")] == [1998, None]
        assert replica.paths == ["/search/shows"]

    def test_a_translated_title_is_found_among_the_titles_abroad(self, tvmaze: Tvmaze, replica: Replica) -> None:
        replica.put("/search/shows", recorded("tvmaze/search-two_of_one_title.json"), q="Les Charmes")
        replica.put("/shows/21/akas", b'[{"name": "Les Charmes", "country": {"code": "FR"}}, {"name": "Charms"}]')

        assert [programme.titles for programme in tvmaze.search("Les Charmes")] == [
            ("Charms", "Les Charmes"),
            ("Charms",),
        ]

    def test_a_mirror_with_the_single_search_only_is_enough(self, tvmaze: Tvmaze, replica: Replica) -> None:
        replica.put("/singlesearch/shows", b'{"id": 11, "name": "Night Shift"}', q="Night Shift")

        assert [programme.ids for programme in tvmaze.search("Night Shift")] == [{"tvmaze": "shows/11"}]
        assert tvmaze.search("Something else") == []

    def test_portrait_and_career_of_a_person(self, tvmaze: Tvmaze, replica: Replica) -> None:
        image = {"medium": "https://static.tvmaze.com/m.jpg", "original": "https://static.tvmaze.com/o.jpg"}
        replica.put("/people/901", json.dumps({"id": 901, "name": "Zoé Example", "image": image}).encode())
        replica.put("/people/901/castcredits", recorded("tvmaze/credits-career.json"), embed="show")

        photos = tvmaze.photos({"tvmaze": "people/901"}, [])
        career = tvmaze.past_credits({"tvmaze": "people/901"})

        assert photos is not None
        assert [photo.url for photo in photos] == ["https://static.tvmaze.com/o.jpg"]
        assert career is not None
        running = next(credit for credit in career if credit.credit.title == "Still Running")
        assert abs((datetime.now(UTC).date() - running.dated).days) <= 1

    def test_the_schedule_of_a_country_and_day(self, http: HttpClient, replica: Replica) -> None:
        replica.put("/schedule", recorded("tvmaze/schedule-evening.json"), country="FR", date="2026-08-20")
        schedule = TvmazeSchedule(http, replica.url)

        assert len(schedule.listing("FR", date(2026, 8, 20)).airings) == 3
        with pytest.raises(NotFound):
            schedule.listing("FR", date(2026, 8, 21))

    def test_a_changed_cast_is_an_alarm(self, tvmaze: Tvmaze, replica: Replica) -> None:
        replica.put("/shows/11/cast", b'{"cast": []}')

        with pytest.raises(PageChanged, match="TVmaze cast"):
            tvmaze.cast({"tvmaze": "shows/11"})


class TestTmdb:
    def test_a_key_goes_in_the_query_and_a_token_in_a_header(self, http: HttpClient, replica: Replica) -> None:
        replica.put("/search/multi", recorded("tmdb/search-multi.json"))
        for key in (API_KEY, TOKEN):
            Tmdb(http, key, language="fr", base_url=replica.url).search("La Série")

        with_key, with_token = replica.requests
        assert query_of(with_key.target)["api_key"] == API_KEY
        assert "Authorization" not in with_key.headers
        assert "api_key" not in query_of(with_token.target)
        assert with_token.headers["Authorization"] == f"Bearer {TOKEN}"

    def test_a_refused_key_is_blocked_and_not_shown(self, tmdb: Tmdb, replica: Replica) -> None:
        replica.put("/search/multi", b'{"status_code": 7, "status_message": "Invalid API key"}', status=401)

        with pytest.raises(SourceBlocked) as caught:
            tmdb.search("La Série")
        assert API_KEY not in str(caught.value)

    def test_works_of_the_kind_come_first(self, tmdb: Tmdb, replica: Replica) -> None:
        replica.put("/search/multi", recorded("tmdb/search-multi.json"), query="La Série", language="fr")

        assert [programme.ids["tmdb"] for programme in tmdb.search("La Série", kind="film")] == [
            "movie/93",
            "tv/91",
            "tv/94",
        ]
        assert replica.paths == ["/search/multi"]

    def test_a_title_that_is_drowned_out_is_searched_among_its_kind(self, tmdb: Tmdb, replica: Replica) -> None:
        replica.put("/search/multi", b'{"results": [{"id": 5, "media_type": "tv", "name": "La Serie noire"}]}')
        replica.put("/search/movie", recorded("tmdb/search-films.json"), query="La Série", year="1988")

        found = tmdb.search("La Série", kind="film", year=1988)

        assert [programme.ids["tmdb"] for programme in found] == ["movie/93", "tv/5"]

    @pytest.mark.parametrize(
        ("ids", "path", "name"),
        [
            ({"tmdb": "tv/4604"}, "/tv/4604/aggregate_credits", "series"),
            ({"tmdb": "movie/603", "imdb": "tt0000603"}, "/movie/603/credits", "film"),
        ],
    )
    def test_the_cast_of_series_and_films(
        self, tmdb: Tmdb, replica: Replica, ids: dict[str, str], path: str, name: str
    ) -> None:
        replica.put(path, recorded(f"tmdb/cast-{name}.json"))

        cast = tmdb.cast(ids)

        assert cast is not None
        assert cast[0].photos[0].url.startswith("https://image.tmdb.org/t/p/h632/")
        assert sorted(replica.paths) == sorted(["/configuration", path])

    def test_ids_of_imdb_lead_to_those_of_tmdb(self, tmdb: Tmdb, replica: Replica) -> None:
        nothing: dict[str, object] = {"movie_results": [], "tv_results": [], "person_results": []}
        person = {**nothing, "person_results": [{"id": 33}]}
        replica.put("/find/tt0000001", recorded("tmdb/find-episode.json"), external_source="imdb_id")
        replica.put("/find/nm0000033", json.dumps(person).encode(), external_source="imdb_id")
        replica.put("/find/nm0000034", json.dumps(nothing).encode(), external_source="imdb_id")
        replica.put("/tv/1396/aggregate_credits", recorded("tmdb/cast-series.json"))
        replica.put("/person/33/images", recorded("tmdb/images-portraits.json"))
        replica.put("/person/33/combined_credits", recorded("tmdb/credits-career.json"))
        replica.put("/person/33/external_ids", recorded("tmdb/ids-person.json"))

        assert len(tmdb.cast({"imdb": "tt0000001"}) or ()) == 3
        assert len(tmdb.photos({"imdb": "nm0000033"}, []) or ()) == 2
        assert len(tmdb.past_credits({"imdb": "nm0000033"}) or ()) == 4
        person_found = tmdb.person({"imdb": "nm0000033"})
        assert person_found is not None
        assert person_found.ids == {"tmdb": "person/33", "imdb": "nm0000033", "wikidata": "Q33"}
        assert tmdb.photos({"imdb": "nm0000034"}, []) is None

    def test_ids_of_other_systems_say_nothing_and_cost_nothing(self, tmdb: Tmdb, replica: Replica) -> None:
        assert tmdb.cast({"tvmaze": "shows/1", "imdb": "nm0000001"}) is None
        assert tmdb.photos({"tmdb": "tv/1"}, ["A"]) is None
        assert tmdb.past_credits({}) is None
        assert tmdb.person({"wikidata": "Q1"}) is None
        assert replica.paths == []


class TestWikidata:
    def test_a_person_is_found_by_any_id_and_shown_by_their_free_photos(
        self, wikidata: Wikidata, replica: Replica
    ) -> None:
        nobody, one = b'{"query": {"search": []}}', recorded("wikidata/search-one.json")
        replica.put("/w/api.php", nobody, srsearch="haswbstatement:P345=nm0000500")
        replica.put("/w/api.php", one, srsearch="haswbstatement:P8600=504")
        replica.put("/w/api.php", recorded("commons/imageinfo-free.json"), titles="File:Newer & better.jpg")
        replica.put("/w/api.php", recorded("commons/imageinfo-kinds.json"), titles="File:Older.jpg")

        person = wikidata.person({"imdb": "nm0000500", "tvmaze": "people/504"})

        assert person is not None
        assert person.names[0] == "Ji-eun Exemple"
        assert person.ids["tmdb"] == "person/503"
        assert [photo.licence for photo in person.photos] == ["CC BY-SA 4.0", "Public domain"]
        assert list(wikidata.photos({"wikidata": "Q500"}, []) or ()) == list(person.photos)

    def test_two_people_with_one_id_are_nobody(self, wikidata: Wikidata, replica: Replica) -> None:
        two = b'{"query": {"search": [{"title": "Q500"}, {"title": "Q501"}]}}'
        replica.put("/w/api.php", two, srsearch="haswbstatement:P345=nm0000500")

        assert wikidata.person({"imdb": "nm0000500"}) is None

    def test_a_name_alone_is_not_enough(self, wikidata: Wikidata, replica: Replica) -> None:
        assert wikidata.photos({"imdb": "tt0000500", "tmdb": "tv/1"}, ["Ji-eun Example"]) is None
        assert wikidata.photos({"wikidata": "../Q500"}, ["Ji-eun Example"]) is None
        assert replica.paths == []

    def test_a_wiki_that_is_lagging_is_unavailable(self, wikidata: Wikidata, replica: Replica) -> None:
        replica.put("/w/api.php", b'{"error": {"code": "maxlag", "info": "7 seconds lagged"}}')

        with pytest.raises(SourceUnavailable, match="7 seconds lagged"):
            wikidata.person({"imdb": "nm0000500"})


class TestGoogleImages:
    def test_the_first_pictures_of_the_main_name(self, google: GoogleImages, replica: Replica) -> None:
        replica.put("/customsearch/v1", recorded("google_images/images-name.json"), q="Zoé Example")

        assert len(google.photos({}, ["Zoé Example", "Zoe Example"]) or ()) == 2
        assert query_of(replica.requests[0].target) == {
            "q": "Zoé Example", "searchType": "image", "num": "10", "safe": "active",
            "key": "google-key", "cx": "engine",
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("status", "reason", "error", "says"),
        [
            (429, "rateLimitExceeded", SourceUnavailable, "quota is used up"),
            (403, "dailyLimitExceeded", SourceUnavailable, "quota is used up"),
            (400, "API_KEY_INVALID", SourceBlocked, "check both"),
            (403, "forbidden", SourceBlocked, "check both"),
        ],
    )
    def test_a_refusal_says_what_to_do(
        self, google: GoogleImages, replica: Replica, status: int, reason: str, error: type[Exception], says: str
    ) -> None:
        refusal = {"error": {"code": status, "message": "No.", "errors": [{"reason": reason}]}}
        replica.put("/customsearch/v1", json.dumps(refusal).encode(), status=status)

        with pytest.raises(error, match=says) as caught:
            google.photos({}, ["Zoé Example"])
        assert "google-key" not in str(caught.value)

    def test_a_refusal_by_somebody_else_stays_as_it_is(self, google: GoogleImages, replica: Replica) -> None:
        replica.put("/customsearch/v1", b"<h1>The proxy says no</h1>", status=403)

        with pytest.raises(SourceBlocked, match="HTTP 403"):
            google.photos({}, ["Zoé Example"])

    def test_without_a_name_nothing_is_asked(self, google: GoogleImages, replica: Replica) -> None:
        assert google.photos({"imdb": "nm1"}, []) is None
        assert replica.paths == []
