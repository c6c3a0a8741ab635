"""Which work a listing means: by its id, or by title, year, kind and people together; else nothing is said."""

import pytest

from indexer.identity.programmes import (
    AMBIGUOUS_TITLE,
    FOUND,
    UNMATCHED_TITLE,
    ListedProgramme,
    Verdict,
    candidates,
    choose_work,
)
from indexer.sources.protocols import ProgrammeRecord
from indexer.sources.records import Kind


def work(title: str = "King Kong", year: int | None = 2005, kind: Kind = "film", **ids: str) -> ProgrammeRecord:
    return ProgrammeRecord((title,), kind, year, ids or {"tmdb": f"{kind}/{title}/{year}"})


def film(*names: str, year: int | None = 2005, title: str = "King Kong", kind: Kind = "film") -> ListedProgramme:
    return ListedProgramme((title,), kind, year, frozenset(names))


def decide(listed: ListedProgramme, *casts: tuple[ProgrammeRecord, list[str]]) -> Verdict:
    works = candidates(listed, [work for work, _ in casts])
    return choose_work(listed, [(work, names) for work, names in casts if work in works])


KONG_1976 = (work(year=1976), ["Jessica Lange", "Jeff Bridges"])
KONG_2005 = (work(year=2005), ["Naomi Watts", "Jack Black"])


def test_of_two_films_of_one_title_the_year_tells() -> None:
    assert decide(film("Naomi Watts"), KONG_1976, KONG_2005).programme is KONG_2005[0]
    assert decide(film(year=1976), KONG_1976, KONG_2005).programme is KONG_1976[0]


def test_of_two_films_of_one_title_the_cast_tells_where_there_is_no_year() -> None:
    assert decide(film("Jeff Bridges", year=None), KONG_1976, KONG_2005).programme is KONG_1976[0]


def test_two_films_of_one_title_without_year_and_cast_are_ambiguous() -> None:
    assert decide(film(year=None), KONG_1976, KONG_2005) == Verdict(
        AMBIGUOUS_TITLE, detail="2 works of this title: 1976, 2005"
    )


def test_two_films_that_share_somebody_are_ambiguous_without_a_year() -> None:
    remake = (work(year=2006), ["Jack Black"])

    assert decide(film("Jack Black", year=None), KONG_2005, remake).outcome == AMBIGUOUS_TITLE
    assert decide(film("Jack Black", year=2006), KONG_2005, remake).programme is remake[0]


@pytest.mark.parametrize("year", [2004, 2005, 2006])
def test_the_year_of_a_film_may_be_off_by_one(year: int) -> None:
    assert decide(film("Jack Black", year=year), KONG_2005).programme is KONG_2005[0]
    assert decide(film(year=year), KONG_2005).programme is KONG_2005[0]


@pytest.mark.parametrize("year", [2003, 2007])
def test_the_year_of_a_film_may_not_be_off_by_more(year: int) -> None:
    assert decide(film("Jack Black", year=year), KONG_2005).outcome == UNMATCHED_TITLE


@pytest.mark.parametrize(("listed", "known"), [("film", "series"), ("series", "film")])
def test_a_film_is_no_series_whoever_is_in_it(listed: Kind, known: Kind) -> None:
    assert decide(film("Ana", kind=listed), (work(kind=known), ["Ana"])).outcome == UNMATCHED_TITLE


@pytest.mark.parametrize("kind", ["film", "series"])
def test_a_kind_that_the_listing_cannot_tell_is_told_by_the_people(kind: Kind) -> None:
    assert decide(film("Ana", kind="other"), (work(kind=kind), ["Ana"])).outcome == FOUND
    assert decide(film(kind="other"), (work(kind=kind), ["Ana"])).outcome == UNMATCHED_TITLE


def test_a_work_with_other_people_is_another() -> None:
    verdict = decide(film("Fay Wray"), KONG_2005)

    assert verdict.outcome == UNMATCHED_TITLE
    assert verdict.detail == "nobody in the listing is in the cast of a work of this title"


def test_people_meet_without_accents_dots_and_hyphens() -> None:
    known = (work(), ["Zoë Saldaña", "J. K. Simmons"])

    assert decide(film("ZOE SALDANA"), known).outcome == FOUND
    assert decide(film("JK Simmons"), known).outcome == FOUND


def test_people_in_two_scripts_meet_by_any_of_their_names() -> None:
    known = (work(), ["Chulpan Khamatova", "Чулпан Хаматова"])

    assert decide(film("Чулпан Хаматова"), known).outcome == FOUND


def test_titles_meet_in_any_language() -> None:
    abroad = ProgrammeRecord(("Breaking Bad", "Во все тяжкие"), "series", 2008, {"tmdb": "tv/1396"})
    listed = ListedProgramme(("ВО ВСЕ ТЯЖКИЕ",), "series", 2010, frozenset({"Aaron Paul"}))

    assert decide(listed, (abroad, ["Aaron Paul"])).programme is abroad


def test_an_episode_is_never_older_than_its_series() -> None:
    def series(year: int) -> ListedProgramme:
        return film("Mimie Mathy", year=year, title="Joséphine", kind="series")

    known = (work("Joséphine", 1997, "series"), ["Mimie Mathy"])

    assert decide(series(2019), known).outcome == FOUND
    assert decide(series(1996), known).outcome == FOUND
    assert decide(series(1990), known).outcome == UNMATCHED_TITLE


def test_without_cast_only_a_single_work_of_title_kind_and_year_will_do() -> None:
    twin = (work(year=2005, tmdb="movie/2"), ["Somebody Else"])

    assert decide(film(), KONG_2005).outcome == FOUND
    assert decide(film(), KONG_2005, twin).outcome == AMBIGUOUS_TITLE


@pytest.mark.parametrize(("listed", "known"), [(None, 2005), (2005, None)])
def test_a_film_without_cast_and_year_could_be_any(listed: int | None, known: int | None) -> None:
    assert decide(film(year=listed), (work(year=known), [])).outcome == AMBIGUOUS_TITLE


def test_a_series_without_cast_and_year_is_the_only_one_of_its_title() -> None:
    british = work("The Office", 2001, "series")
    american = work("The Office", 2005, "series")
    listed = ListedProgramme(("The Office",), "series", None)

    assert decide(listed, (british, [])).programme is british
    assert decide(listed, (british, []), (american, [])).outcome == AMBIGUOUS_TITLE


def test_an_id_says_it_all() -> None:
    remake = work("Whatever", 1950, tmdb="movie/9", imdb="tt9")
    listed = ListedProgramme(("King Kong",), "film", 2005, frozenset({"Naomi Watts"}), {"imdb": "tt9"})

    assert decide(listed, KONG_2005, (remake, [])).programme is remake


def test_one_work_that_is_found_twice_is_one() -> None:
    assert candidates(film(), [work(), work()]) == [work()]


def test_nothing_found_is_unmatched() -> None:
    assert choose_work(film("Ana"), []) == Verdict(UNMATCHED_TITLE)
    assert choose_work(film(), []) == Verdict(UNMATCHED_TITLE)
