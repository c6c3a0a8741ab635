"""Reads the current pointers, and loads galleries from storage: every object is checked, every gallery warmed up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import Engine

from api.galleries.snapshot import Channel, LoadedGallery, PreparedTitle, Region
from db.engine import session
from db.queries.prepared import PreparedProgramme, prepared_programmes
from db.queries.releases import CurrentRelease, RegionLineup, current_releases, previous_release, region_lineups
from gallery.artefact import Fetch, unpack
from gallery.decide import identify
from gallery.search import Gallery
from gallery.slots import SLOT


@dataclass(frozen=True, slots=True)
class Current:
    """What is published: the regions by code, the current releases of all slots, and the prepared programmes."""

    regions: Mapping[str, Region]
    releases: Sequence[CurrentRelease]
    prepared: Sequence[PreparedProgramme]


def read_current(database: Engine, model_key: str) -> Current:
    """Read the regions, releases and prepared programmes in one transaction."""
    with session(database.execution_options(isolation_level="REPEATABLE READ")) as reading:
        regions = {row.code: _region(row) for row in region_lineups(reading)}
        return Current(regions, current_releases(reading, model_key), prepared_programmes(reading, model_key))


def read_previous(database: Engine, model_key: str, release: CurrentRelease) -> CurrentRelease | None:
    """The release that served the same slot before this one; None when there is none."""
    with session(database) as reading:
        return previous_release(reading, model_key, release.region, release.slot)


def load(fetch: Fetch, release: CurrentRelease, model_key: str) -> LoadedGallery:
    """Load the gallery of a release. Raises `StorageError` and `GalleryError` when an object is missing or wrong."""
    gallery = _unpacked(fetch, release, model_key)
    return LoadedGallery(
        region=release.region,
        slot=release.slot,
        sha256=release.sha256,
        size_bytes=release.size_bytes,
        built_at=release.built_at,
        gallery=gallery,
    )


def load_prepared(fetch: Fetch, programme: PreparedProgramme, model_key: str) -> PreparedTitle:
    """Load the gallery of a prepared programme; raises what `load` raises."""
    return PreparedTitle(programme, programme.sha256, _unpacked(fetch, programme, model_key))


def _unpacked(fetch: Fetch, stored: CurrentRelease | PreparedProgramme, model_key: str) -> Gallery:
    gallery = unpack(fetch, stored.object_key, stored.sha256, model_key=model_key)
    warm_up(gallery, gallery.slot)
    return gallery


def warm_up(gallery: Gallery, slot: datetime) -> None:
    """Query the gallery once: first-time work then delays no caller, and a gallery that cannot answer is not used."""
    probe = np.zeros((1, gallery.dimension), np.float32)
    probe[0, 0] = 1
    identify([gallery], probe, start=slot, stop=slot + SLOT)


def _region(row: RegionLineup) -> Region:
    channels = tuple(Channel(*channel) for channel in row.channels)
    return Region(row.code, row.name, row.country, row.time_zone, channels, row.zones)
