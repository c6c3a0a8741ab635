"""Opening what a run may ask of the world, as the settings allow and the region prefers."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from indexer.asking.circuit_breakers import CircuitBreakers
from indexer.http import HttpClient
from indexer.regions import Region
from indexer.settings import IndexerSettings
from indexer.sources.registry import Sources, http_client, open_sources

_ANSWERS_KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Outside:
    """Whom a run may ask about casts, photos and careers. `asking` goes for sources, `hosts` for those of pictures."""

    http: HttpClient
    sources: Sources
    photos_per_person: int = 10
    breakers: CircuitBreakers = field(default_factory=CircuitBreakers)
    host_breakers: CircuitBreakers = field(default_factory=lambda: CircuitBreakers(open_on_refusal=False))


@contextmanager
def open_outside(settings: IndexerSettings, region: Region) -> Iterator[Outside]:
    """The sources in the region's order, with titles and names in its language, and the client that they share."""
    with closing(http_client(settings)) as http:
        http.sweep(_ANSWERS_KEPT_FOR)
        sources = open_sources(settings, http, language=region.language, preferred=region.sources)
        yield Outside(http, sources, settings.photos_per_person)
