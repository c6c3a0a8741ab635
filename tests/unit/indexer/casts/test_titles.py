"""Works of several sources: one and the same, or two of one title."""

from dataclasses import replace

import pytest

from indexer.casts.titles import Match, TitleSearch, merge_matches

TMDB = Match(("Joséphine, ange gardien",), "series", 1997, {"tmdb": "tv/99"}, ("Mimie M", "Paul P"), ("tmdb",))
TVMAZE = Match(("Josephine Ange-Gardien",), "series", 1998, {"tvmaze": "shows/55"}, ("mimie m.",), ("tvmaze",))


def test_one_work_of_two_sources_is_one_match() -> None:
    assert merge_matches([TMDB, TVMAZE]) == [
        Match(
            titles=("Joséphine, ange gardien", "Josephine Ange-Gardien"),
            kind="series",
            year=1997,
            ids={"tmdb": "tv/99", "tvmaze": "shows/55"},
            cast=("Mimie M", "Paul P"),
            sources=("tmdb", "tvmaze"),
        )
    ]


@pytest.mark.parametrize(
    "other",
    [
        replace(TVMAZE, cast=("Somebody Else",)),
        replace(TVMAZE, cast=()),
        replace(TVMAZE, year=2005),
        replace(TVMAZE, year=None),
        replace(TVMAZE, kind="film"),
        replace(TVMAZE, titles=("Joséphine",)),
        replace(TVMAZE, ids={"tmdb": "tv/100"}),
    ],
    ids=["nobody in both", "nobody", "another year", "no year", "another kind", "another title", "another id"],
)
def test_two_works_of_one_title_stay_two(other: Match) -> None:
    assert merge_matches([TMDB, other]) == [TMDB, other]


def test_an_id_in_common_is_enough() -> None:
    ids = {"imdb": "tt1", "tvmaze": "shows/55"}
    here = replace(TMDB, ids={"imdb": "tt1"}, titles=("Joséphine",), cast=(), year=None)
    abroad = Match(("A Guardian Angel",), "series", 1997, ids, ("Mimie M",), ("tvmaze",))

    (joined,) = merge_matches([here, abroad])

    assert (joined.year, joined.cast, joined.ids) == (1997, ("Mimie M",), ids)


def test_a_third_source_can_be_the_one_that_joins_two() -> None:
    """What the first two lack to be told one is known once the third has been put to one of them."""
    by_imdb = replace(TVMAZE, titles=("Abroad",), ids={"imdb": "tt1"}, cast=())
    both = Match(("Abroad",), "series", 1997, {"imdb": "tt1", "tmdb": "tv/99"}, (), ("wikidata",))

    assert len(merge_matches([TMDB, by_imdb, both])) == 1


def test_the_clear_match_is_the_only_one_of_the_title_or_at_all() -> None:
    longer = replace(TMDB, titles=("Joséphine, ange gardien : le film",), kind="film", ids={"tmdb": "movie/1"})

    assert TitleSearch("JOSEPHINE ANGE GARDIEN", (TMDB, longer), {}).unambiguous == TMDB
    assert TitleSearch("Josephine", (longer,), {}).unambiguous == longer
    assert TitleSearch("Josephine", (TMDB, longer), {}).unambiguous is None
    assert TitleSearch(TMDB.titles[0], (TMDB, replace(TMDB, year=2031)), {}).unambiguous is None
