"""Galleries as they lie in a storage: today's, and those of every format there ever was."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from gallery.artefact import pack, unpack
from gallery.decide import identify
from gallery.errors import CorruptGallery
from gallery.search import Gallery
from gallery.types import CastMember, LatestCredit
from storage import open_storage
from storage.base import ObjectNotFound, ObjectTooLarge, Storage
from tests.unit.gallery.evening import axes, two_programmes

FORMAT_1 = Path(__file__).parent / "format_1"
FORMAT_1_MANIFEST = "19ebcd2e2bd246a341606a7db823115ea5ce44027f45e098203622b2653cb069"


def load(storage: Storage, manifest_key: str, manifest_sha256: str) -> Gallery:
    return unpack(lambda key, max_bytes: storage.get(key, max_bytes=max_bytes), manifest_key, manifest_sha256)


def test_a_gallery_goes_through_a_storage_and_back(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    packed = pack(two_programmes())
    for key, data in packed.objects.items():
        storage.put(key, data)
    assert sorted(storage.keys("galleries/")) == sorted(packed.objects)
    gallery = load(storage, packed.manifest_key, packed.manifest_sha256)
    assert gallery.people == two_programmes().people
    assert gallery.search(axes(1), {1}).values.tolist() == [[1.0]]


def test_what_was_changed_in_the_storage_is_not_served(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    packed = pack(two_programmes())
    for key, data in packed.objects.items():
        storage.put(key, data)
    for key, data in packed.objects.items():
        for tampered, error in (
            (data[:-1], CorruptGallery),
            (bytes(len(data)), CorruptGallery),
            (data + bytes(100_000), (ObjectTooLarge, CorruptGallery)),
        ):
            storage.put(key, tampered)
            with pytest.raises(error):
                load(storage, packed.manifest_key, packed.manifest_sha256)
        storage.delete(key)
        with pytest.raises(ObjectNotFound):
            load(storage, packed.manifest_key, packed.manifest_sha256)
        storage.put(key, data)
    load(storage, packed.manifest_key, packed.manifest_sha256)


def test_a_gallery_of_format_1_loads_for_ever() -> None:
    """Its files were written by hand. If this fails, published galleries are lost: mend the reader, never the files."""
    gallery = load(open_storage(str(FORMAT_1)), f"galleries/objects/{FORMAT_1_MANIFEST}", FORMAT_1_MANIFEST)
    assert (gallery.region, gallery.model_key, gallery.dimension) == ("FR", "frozen-4", 4)
    assert gallery.slot == datetime(2026, 1, 2, 20, tzinfo=UTC)
    ana, bo, unknown = gallery.people
    assert (ana.id, ana.name, len(ana.references)) == (1, "Ana Faible", 2)
    assert ana.latest_credit == LatestCredit("La Nuit", 2019, "Zoé", "Bo Fort")
    assert (ana.references[0].origin, ana.references[0].licence) == ("ana/1.jpg", "CC0")
    assert (bo.latest_credit, unknown.references) == (None, ())
    bridge, evening = gallery.airings
    assert (bridge.title, bridge.season, bridge.episode, bridge.channel_name) == ("Le Pont", 1, 2, "Une")
    assert bridge.cast == (CastMember(1, "actor", "Le Capitaine"), CastMember(3, "director", None))
    assert (evening.start, evening.stop) == (datetime(2026, 1, 2, 20, tzinfo=UTC), datetime(2026, 1, 2, 21, tzinfo=UTC))

    [answer] = identify(
        [gallery], np.array([[0.6, 0.8, 0, 0]], np.float32), start=gallery.slot, stop=evening.stop, channel=None
    )
    best = answer.suggestions[0].candidate
    assert best.person == ana
    assert best.similarity == pytest.approx((0.6 + 1.0) / 2)
    assert best.reference == ana.references[1]
