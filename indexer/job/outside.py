"""Opens the sources that a run may ask: those in the settings, in the order that the region prefers."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from indexer.asking.circuit_breakers import CircuitBreakers
from indexer.http import HttpClient
from indexer.regions import Region
from indexer.settings import IndexerSettings
from indexer.sources.registry import Sources, http_client, open_sources

_CACHE_KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Outside:
    """The outside world of a run: its sources, the HTTP client, and circuit breakers for sources and picture hosts."""

    http: HttpClient
    sources: Sources
    photos_per_person: int = 10
    breakers: CircuitBreakers = field(default_factory=CircuitBreakers)
    host_breakers: CircuitBreakers = field(default_factory=lambda: CircuitBreakers(open_on_refusal=False))


@contextmanager
def open_outside(settings: IndexerSettings, region: Region) -> Iterator[Outside]:
    """Open the sources for the block, in the region's order, with titles and names in the region's language."""
    with closing(http_client(settings)) as http:
        http.sweep(_CACHE_KEPT_FOR)
        sources = open_sources(settings, http, language=region.language, preferred=region.sources)
        yield Outside(http, sources, settings.photos_per_person)
