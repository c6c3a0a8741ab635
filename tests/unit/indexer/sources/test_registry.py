"""Which sources there are, by the settings."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import get_args

import pytest

from indexer.settings import BaseUrlName, IndexerSettings, SourceName
from indexer.sources.registry import BASE_URLS, Sources, http_client, open_sources
from settings.deployment import BadSettings

Settings = Callable[..., IndexerSettings]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    def of(**environment: str) -> IndexerSettings:
        for name, value in environment.items():
            monkeypatch.setenv(f"FTA_{name}", value)
        return IndexerSettings(data_dir=tmp_path)

    return of


@pytest.fixture
def opened(settings: Settings) -> Iterator[Callable[..., Sources]]:
    def of(preferred: tuple[str, ...] = (), **environment: str) -> Sources:
        chosen = settings(**environment)
        with closing(http_client(chosen)) as http:
            return open_sources(chosen, http, language="fr", preferred=preferred)

    return of


def names(sources: object) -> list[str]:
    return [source.name for source in sources]  # type: ignore[attr-defined]


def test_without_any_key_the_free_sources_are_asked_and_the_others_say_what_they_lack(
    opened: Callable[..., Sources],
) -> None:
    sources = opened()

    assert names(sources.casts) == ["tvmaze"]
    assert names(sources.photos) == ["tvmaze", "wikidata"]
    assert names(sources.careers) == ["tvmaze"]
    assert names(sources.people) == ["wikidata"]
    assert sources.datasets is None
    assert sources.left_out == {
        "tmdb": "FTA_TMDB_KEY is not set",
        "google-images": "FTA_GOOGLE_KEY and FTA_GOOGLE_CX are not both set",
    }


def test_keys_bring_in_their_sources(opened: Callable[..., Sources]) -> None:
    sources = opened(TMDB_KEY="k", GOOGLE_KEY="k", GOOGLE_CX="x")

    assert names(sources.casts) == ["tmdb", "tvmaze"]
    assert names(sources.photos) == ["tmdb", "tvmaze", "wikidata", "google-images"]
    assert names(sources.people) == ["tmdb", "wikidata"]
    assert sources.left_out == {}


def test_sources_that_refuse_robots_are_asked_only_where_they_are_named(opened: Callable[..., Sources]) -> None:
    sources = opened(SOURCES="allocine, imdb,imdb-datasets")

    assert names(sources.casts) == ["allocine", "imdb"]
    assert names(sources.photos) == names(sources.careers) == ["allocine"]
    assert sources.datasets is not None


def test_an_empty_list_asks_nobody(opened: Callable[..., Sources]) -> None:
    sources = opened(SOURCES="")

    assert [*sources.casts, *sources.photos, *sources.careers, *sources.people] == []
    assert sources.datasets is None


def test_a_region_says_whom_it_prefers(opened: Callable[..., Sources]) -> None:
    sources = opened(("wikidata", "imdb", "tvmaze"), TMDB_KEY="k")

    assert names(sources.photos) == ["wikidata", "tvmaze", "tmdb"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("SOURCES", "tvmaze,tmbd"), ("SOURCE_URLS", '{"imbd": "http://x"}'), ("ALLOWED_NETWORKS", "127.0.0.1/8/9")],
)
def test_a_misspelt_setting_is_refused(settings: Settings, name: str, value: str) -> None:
    with pytest.raises(BadSettings, match=name):
        settings(**{name: value})


def test_keys_do_not_show_in_logs(settings: Settings) -> None:
    shown = repr(settings(TMDB_KEY="of-tmdb", GOOGLE_KEY="of-google"))

    assert not re.search("of-tmdb|of-google", shown)


def test_every_source_has_a_real_base_url() -> None:
    assert {name for part in get_args(BaseUrlName) for name in get_args(part) or [part]} == set(BASE_URLS)
    assert set(get_args(SourceName)) < set(BASE_URLS)
