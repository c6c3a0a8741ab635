"""The registry of sources: builds those in the settings, and sets base URL, rate limit and cache time of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import TypeVar
from urllib.parse import urlsplit

from pydantic import SecretStr

from indexer.http import HostPolicy, HttpClient
from indexer.settings import BaseUrlName, IndexerSettings, SourceName
from indexer.sources import google_images
from indexer.sources.allocine import source as allocine
from indexer.sources.imdb import datasets as imdb_datasets
from indexer.sources.imdb import source as imdb
from indexer.sources.programme_television import source as programme_television
from indexer.sources.protocols import CareerSource, CastSource, PersonSource, PhotoSource
from indexer.sources.tmdb import source as tmdb
from indexer.sources.tvmaze import source as tvmaze
from indexer.sources.wikimedia import commons, wikidata

Source = TypeVar("Source")

BASE_URLS: Mapping[BaseUrlName, str] = MappingProxyType(
    {
        "tmdb": tmdb.BASE_URL,
        "tvmaze": tvmaze.BASE_URL,
        "wikidata": wikidata.BASE_URL,
        "commons": commons.BASE_URL,
        "google-images": google_images.BASE_URL,
        "allocine": allocine.BASE_URL,
        "imdb": imdb.BASE_URL,
        "imdb-datasets": imdb_datasets.BASE_URL,
        "programme-television": programme_television.BASE_URL,
    }
)
"""The base URL of each source."""

CASTS: frozenset[SourceName] = frozenset({"tmdb", "tvmaze", "allocine", "imdb"})
"""The sources that can be asked for a title and its cast."""

_WEEK = timedelta(days=7)
_POLICIES: Mapping[BaseUrlName, HostPolicy] = {
    "tmdb": HostPolicy(interval_s=0.025, fresh_for=_WEEK, robots=False),
    "tvmaze": HostPolicy(interval_s=0.5, robots=False),
    "wikidata": HostPolicy(interval_s=0.1, fresh_for=_WEEK, robots=False),
    "commons": HostPolicy(interval_s=0.1, fresh_for=_WEEK, robots=False),
    "google-images": HostPolicy(interval_s=1, fresh_for=_WEEK, robots=False),
    "allocine": HostPolicy(interval_s=5, fresh_for=_WEEK),
    "imdb": HostPolicy(interval_s=5, fresh_for=_WEEK),
    "imdb-datasets": HostPolicy(interval_s=1, robots=False),
    "programme-television": HostPolicy(interval_s=1, fresh_for=timedelta(hours=6)),
}
"""The rate limits and cache times that each source's documentation asks for. robots.txt is obeyed where pages are
read; it does not concern callers of an API. A mirror is treated like the real source."""

_PICTURE_HOSTS: Mapping[str, HostPolicy] = {
    "image.tmdb.org": HostPolicy(interval_s=0.025, robots=False),
    "static.tvmaze.com": HostPolicy(interval_s=0.1, robots=False),
    "upload.wikimedia.org": HostPolicy(interval_s=0.2),
}


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources to ask, in order of preference. `left_out` says why a source in the settings is not among them."""

    casts: Sequence[CastSource]
    photos: Sequence[PhotoSource]
    careers: Sequence[CareerSource]
    people: Sequence[PersonSource]
    datasets: imdb_datasets.ImdbDatasets | None
    """IMDb's datasets, which are asked about many people at a time and so are not among the others."""
    left_out: Mapping[SourceName, str]


def http_client(settings: IndexerSettings) -> HttpClient:
    """The client for all sources. The caller closes it."""
    by_host = {urlsplit(base_url(settings, name)).netloc: policy for name, policy in _POLICIES.items()}
    return HttpClient(
        settings.http_dir,
        settings.user_agent,
        policies={**_PICTURE_HOSTS, **by_host},
        allowed_networks=settings.allowed_networks,
    )


def base_url(settings: IndexerSettings, name: BaseUrlName) -> str:
    """The base URL of the source: the one in the settings, or its own."""
    return settings.source_urls.get(name, BASE_URLS[name]).rstrip("/")


def open_sources(
    settings: IndexerSettings, http: HttpClient, *, language: str, preferred: Sequence[str] = ()
) -> Sources:
    """The sources in the settings: first those in `preferred`, in its order, then the others.

    Titles and names come in `language` (ISO 639-1) where a source has several.
    """
    left_out = {name: lack for name in settings.sources if (lack := _lack(settings, name))}
    names = [name for name in dict.fromkeys(settings.sources) if name not in left_out]
    names.sort(key=lambda name: preferred.index(name) if name in preferred else len(preferred))

    tvmaze_source = tvmaze.Tvmaze(http, base_url(settings, "tvmaze"))
    allocine_source = allocine.Allocine(http, base_url(settings, "allocine"))
    commons_source = commons.Commons(http, base_url(settings, "commons"))
    wikidata_source = wikidata.Wikidata(
        http, commons_source, language=language, base_url=base_url(settings, "wikidata")
    )
    tmdb_source = tmdb.Tmdb(http, _secret(settings.tmdb_key), language=language, base_url=base_url(settings, "tmdb"))
    google_source = google_images.GoogleImages(
        http, _secret(settings.google_key), settings.google_cx or "", base_url(settings, "google-images")
    )
    imdb_source = imdb.Imdb(http, base_url(settings, "imdb"))
    imdb_datasets_source = imdb_datasets.ImdbDatasets(http, base_url(settings, "imdb-datasets"))

    casts: dict[SourceName, CastSource] = {
        "tmdb": tmdb_source,
        "tvmaze": tvmaze_source,
        "allocine": allocine_source,
        "imdb": imdb_source,
    }
    photos: dict[SourceName, PhotoSource] = {
        "tmdb": tmdb_source,
        "tvmaze": tvmaze_source,
        "wikidata": wikidata_source,
        "google-images": google_source,
        "allocine": allocine_source,
    }
    careers: dict[SourceName, CareerSource] = {
        "tmdb": tmdb_source,
        "tvmaze": tvmaze_source,
        "allocine": allocine_source,
    }
    people: dict[SourceName, PersonSource] = {"wikidata": wikidata_source, "tmdb": tmdb_source}
    return Sources(
        casts=_chosen(names, casts),
        photos=_chosen(names, photos),
        careers=_chosen(names, careers),
        people=_chosen(names, people),
        datasets=imdb_datasets_source if "imdb-datasets" in names else None,
        left_out=left_out,
    )


def _chosen(names: Sequence[SourceName], known: Mapping[SourceName, Source]) -> tuple[Source, ...]:
    return tuple(known[name] for name in names if name in known)


def _lack(settings: IndexerSettings, name: SourceName) -> str | None:
    """What is missing in the settings for this source; None when nothing is."""
    if name == "tmdb" and not _secret(settings.tmdb_key):
        return "FTA_TMDB_KEY is not set"
    if name == "google-images" and not (_secret(settings.google_key) and settings.google_cx):
        return "FTA_GOOGLE_KEY and FTA_GOOGLE_CX are not both set"
    return None


def _secret(key: SecretStr | None) -> str:
    return key.get_secret_value().strip() if key else ""
