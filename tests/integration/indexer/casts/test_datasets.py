"""IMDb's datasets, asked about a whole evening at once."""

from datetime import timedelta

from tests.integration.indexer.casts.night import Night, film, series
from tests.integration.indexer.rig import MORNING, guide

BASICS = (
    "tconst titleType primaryTitle originalTitle isAdult startYear endYear runtimeMinutes genres",
    "tt01 movie Orbit Orbit 0 2019 \\N 90 Drama",
    "tt02 movie Orbit Orbit 0 1950 \\N 90 Drama",
    "tt03 tvSeries Shift Shift 0 2015 \\N 50 Drama",
)
AKAS = (
    "titleId ordering title region language types attributes isOriginalTitle",
    "tt01 1 Orbite FR fr imdbDisplay \\N 0",
)
PRINCIPALS = (
    "tconst ordering nconst category job characters",
    'tt01 1 nm1 actress \\N ["Pilot"]',
    'tt02 1 nm2 actor \\N ["Captain"]',
    'tt03 1 nm1 actress \\N ["Nurse"]',
)
NAMES = (
    "nconst primaryName birthYear deathYear primaryProfession knownForTitles",
    "nm1 Ana 1980 \\N actress tt01",
    "nm2 Bo 1920 1990 actor tt02",
)
TABLES = [f"/datasets/{name}.tsv.gz" for name in ("title.akas", "title.basics", "title.principals", "name.basics")]
LISTING = guide(
    film("Orbit", "10:00", "11:00"), series("Shift", "11:00", "12:00", "Ana"), film("Nil", "12:00", "13:00")
)


def test_an_evening_costs_one_download_of_each_table_and_the_next_one_none(night: Night) -> None:
    night.datasets_hold(title_akas=AKAS, title_basics=BASICS, title_principals=PRINCIPALS, name_basics=NAMES)

    night.run(LISTING, datasets=night.datasets)

    assert night.requests == TABLES
    assert [row[:2] for row in night.cast("Orbit")] == [("Ana", "Pilot")]
    assert [row[:2] for row in night.cast("Shift")] == [("Ana", "Nurse")]
    assert [ids for _, ids in night.people("Ana")] == [{"imdb": "nm1"}]
    assert night.outcomes() == {
        ("imdb-datasets", "Orbit"): "found",
        ("imdb-datasets", "Shift"): "found",
        ("imdb-datasets", "Nil"): "unmatched title",
    }
    stored = night.indexer.everything()
    night.run(LISTING, datasets=night.datasets, now=MORNING + timedelta(days=1))
    assert night.requests == TABLES
    assert night.indexer.everything() == stored


def test_a_table_that_cannot_be_had_is_asked_for_again(night: Night) -> None:
    night.datasets_hold(title_akas=AKAS, title_basics=BASICS, title_principals=PRINCIPALS)
    night.api.put("/datasets/name.basics.tsv.gz", b"no", status=501)
    night.run(LISTING, datasets=night.datasets)
    assert night.outcomes()["imdb-datasets", "Shift"] == "unavailable"
    night.datasets_hold(name_basics=NAMES)

    night.run(LISTING, datasets=night.datasets, now=MORNING + timedelta(days=1))

    assert night.outcomes()["imdb-datasets", "Shift"] == "found"


def test_a_film_is_found_by_its_title_in_another_language(night: Night) -> None:
    night.datasets_hold(title_akas=AKAS, title_basics=BASICS, title_principals=PRINCIPALS, name_basics=NAMES)

    night.run(guide(film("Orbite", "10:00", "11:00", year=2019)), datasets=night.datasets)

    assert night.outcomes() == {("imdb-datasets", "Orbite"): "found"}
    assert [row[:2] for row in night.cast("Orbite")] == [("Ana", "Pilot")]
