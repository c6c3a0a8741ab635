import pytest

from indexer.sources.links import external_id


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.imdb.com/title/tt0133093/", ("imdb", "tt0133093")),
        ("https://www.imdb.com/fr/name/nm0000206", ("imdb", "nm0000206")),
        ("https://www.themoviedb.org/person/6384-keanu", ("tmdb", "person/6384")),
        ("https://www.tvmaze.com/shows/169/breaking-bad", ("tvmaze", "shows/169")),
        ("http://www.wikidata.org/entity/Q43416", ("wikidata", "Q43416")),
        ("https://example.org/name/nm0000206", None),
        ("", None),
    ],
)
def test_links_to_the_large_databases_give_ids(url: str, expected: tuple[str, str] | None) -> None:
    assert external_id(url) == expected
