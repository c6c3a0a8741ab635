"""Opening what a run may ask of the world, as the settings allow and the region prefers."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

from indexer.jobs.context import Outside
from indexer.regions import Region
from indexer.settings import IndexerSettings
from indexer.sources.registry import http_client, open_sources

_ANSWERS_KEPT_FOR = timedelta(days=30)


@contextmanager
def open_outside(settings: IndexerSettings, region: Region) -> Iterator[Outside]:
    """The sources in the region's order, with titles and names in its language, and the client that they share."""
    with closing(http_client(settings)) as http:
        http.sweep(_ANSWERS_KEPT_FOR)
        sources = open_sources(settings, http, language=region.language, preferred=region.sources)
        yield Outside(http, sources, settings.photos_per_person)
