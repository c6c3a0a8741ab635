import gc
import json
import weakref
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta, timezone
from hashlib import sha256
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery.artefact import PackedGallery, pack, unpack
from gallery.errors import CorruptGallery, GalleryError, InvalidContent, UnsupportedFormat, WrongModelKey
from gallery.search import Gallery
from gallery.types import CastMember
from tests.unit.gallery.evening import airing, at, axes, content, person, two_programmes


def opened(packed: PackedGallery, **options: str) -> Gallery:
    def fetch(key: str, max_bytes: int) -> bytes:
        assert len(packed.objects[key]) <= max_bytes
        return packed.objects[key]

    return unpack(fetch, packed.manifest_key, packed.manifest_sha256, **options)


def test_what_was_packed_is_what_one_reads() -> None:
    given_content = two_programmes()
    gallery = opened(pack(given_content))
    assert (gallery.region, gallery.slot, gallery.model_key) == ("FR", given_content.slot, "model-1")
    assert gallery.people == given_content.people
    assert gallery.airings == given_content.airings
    assert gallery.search(axes(4), {1, 2, 3, 4}).values.tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 0.5], [0, 0, 0.5]]


def test_what_an_airing_has_worked_out_is_not_packed() -> None:
    given_content, asked = two_programmes(), two_programmes()
    assert [sorted(it.on_screen) for it in asked.airings] == [[1, 2], [3, 4]]
    assert pack(asked) == pack(given_content)


def test_every_object_lies_under_its_own_sha256() -> None:
    packed = pack(two_programmes())
    assert {key: f"galleries/objects/{sha256(data).hexdigest()}" for key, data in packed.objects.items()} == {
        key: key for key in packed.objects
    }
    assert packed.manifest_key.endswith(packed.manifest_sha256)
    assert packed.size_bytes == sum(map(len, packed.objects.values()))


def test_a_gallery_of_nobody_can_be_read() -> None:
    gallery = opened(pack(content([], [], np.empty((0, 8), np.float32))))
    assert gallery.people == ()
    assert gallery.search(axes(2), {1}).values.shape == (2, 0)


@given(st.permutations(range(4)), st.permutations(range(2)))
def test_the_same_content_in_any_order_and_time_zone_gives_the_same_bytes(
    people: list[int], airings: list[int]
) -> None:
    given_content = two_programmes()
    rows = [[0], [1], [2, 3], []]
    paris = timezone(timedelta(hours=1))
    shuffled = replace(
        given_content,
        slot=given_content.slot.astimezone(paris),
        people=tuple(given_content.people[n] for n in people),
        airings=tuple(
            replace(it, start=it.start.astimezone(paris), stop=it.stop.astimezone(paris))
            for it in (given_content.airings[n] for n in airings)
        ),
        vectors=given_content.vectors[[row for n in people for row in rows[n]]],
    )
    assert pack(shuffled) == pack(given_content)


def test_adjacent_slots_share_what_they_have_in_common() -> None:
    now, later = two_programmes(), replace(two_programmes(), slot=at(30))
    shared = set(pack(now).objects) & set(pack(later).objects)
    assert len(shared) == 3
    assert pack(now).manifest_key != pack(later).manifest_key


def test_somebody_in_two_slots_is_in_memory_once_and_gone_with_the_last() -> None:
    packed = pack(two_programmes())
    first, second = (
        unpack(lambda key, _: packed.objects[key], packed.manifest_key, packed.manifest_sha256) for _ in range(2)
    )
    assert all(one is other for one, other in zip(first.people, second.people, strict=True))
    last = weakref.ref(first.people[0])
    del first, second
    gc.collect()
    assert last() is None


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"vectors": axes(3)}, "3 vectors for 4 references"),
        ({"vectors": axes(4) * 2}, "L2-normalised"),
        ({"vectors": axes(4) * np.float32("nan")}, "finite"),
        ({"vectors": axes(4).astype(np.float64)}, "float32"),
        ({"slot": at(0).replace(tzinfo=None)}, "time zone"),
        ({"region": ""}, "region"),
        ({"people": (*two_programmes().people, person(1, 0))}, "person 1 occurs 2 times"),
        ({"airings": (airing(1, "one", 0, 10, [77]),)}, "person 77"),
        ({"airings": (airing(1, "one", 10, 10, [1]),)}, "airing 1 runs from"),
        ({"airings": (airing(1, "one", 0, 10, [1]),) * 2}, "airing 1 occurs 2 times"),
    ],
)
def test_content_that_contradicts_itself_is_not_packed(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InvalidContent, match=complaint):
        pack(replace(two_programmes(), **change))


def test_a_gallery_of_another_model_is_refused() -> None:
    packed = pack(two_programmes())
    assert opened(packed, model_key="model-1").model_key == "model-1"
    with pytest.raises(WrongModelKey, match="model-1, not model-2"):
        opened(packed, model_key="model-2")


@pytest.mark.parametrize("part", range(4))
@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-1],
        lambda data: data + b" ",
        lambda data: b"",
        lambda data: data[:-1] + bytes([data[-1] ^ 1]),
    ],
    ids=["cut off", "longer", "empty", "one bit"],
)
def test_a_damaged_object_is_noticed(part: int, damage: Callable[[bytes], bytes]) -> None:
    packed = pack(two_programmes())
    key = list(packed.objects)[part]
    objects = {**packed.objects, key: damage(packed.objects[key])}
    with pytest.raises(CorruptGallery):
        unpack(lambda key, _: objects[key], packed.manifest_key, packed.manifest_sha256)


def rewritten(manifest: object, **parts: bytes) -> Gallery:
    """Read a gallery whose hashes are right, but whose author is not to be trusted."""
    packed = pack(two_programmes())
    document = json.loads(packed.objects[packed.manifest_key])
    objects = dict(packed.objects)
    for name, data in parts.items():
        document["parts"][name] = {"sha256": sha256(data).hexdigest(), "size_bytes": len(data)}
        objects[f"galleries/objects/{sha256(data).hexdigest()}"] = data
    if isinstance(manifest, dict):
        document |= manifest
    body = manifest if isinstance(manifest, bytes) else json.dumps(document).encode()
    return unpack(lambda key, _: objects.get(key, body), "manifest", sha256(body).hexdigest())


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"[]",
        b"{",
        b"[" * 50_000,
        b'{"format": 1}',
        {"format": "1"},
        {"dimension": 9},
        {"dimension": "8"},
        {"region": 1},
        {"slot": 0},
        {"slot": "2026-03-14T20:00:00"},
        {"counts": {"people": 5, "vectors": 4, "airings": 2}},
        {"counts": {"people": 4, "vectors": 5, "airings": 2}},
        {"parts": {}},
    ],
)
def test_a_manifest_that_is_none_is_refused(manifest: object) -> None:
    with pytest.raises(CorruptGallery):
        rewritten(manifest)


@pytest.mark.parametrize("size", [-1, 2**40])
def test_a_part_of_an_absurd_size_is_never_fetched(size: int) -> None:
    packed = pack(two_programmes())
    document = json.loads(packed.objects[packed.manifest_key])
    document["parts"]["people"]["size_bytes"] = size
    body = json.dumps(document).encode()
    fetched: list[str] = []

    def fetch(key: str, max_bytes: int) -> bytes:
        fetched.append(key)
        return body

    with pytest.raises(CorruptGallery, match="no part of a gallery"):
        unpack(fetch, "manifest", sha256(body).hexdigest())
    assert fetched == ["manifest"]


def test_a_format_of_the_future_is_named() -> None:
    with pytest.raises(UnsupportedFormat, match="format 2, not 1"):
        rewritten({"format": 2, "new": "things"})


@pytest.mark.parametrize(
    "parts",
    [
        {"people": b"[]"},
        {"people": b"not json"},
        {"people": b'[{"id": "1", "name": "x", "latest_credit": null, "references": []}]'},
        {"people": b"[" * 100_000},
        {"airings": b"[]"},
        {"airings": b'[{"id": 1}]'},
        {"index": b"IxFI"},
    ],
)
def test_parts_that_are_none_are_refused(parts: dict[str, bytes]) -> None:
    with pytest.raises(CorruptGallery):
        rewritten({}, **parts)


def test_a_time_without_a_zone_in_an_airing_is_refused() -> None:
    packed = pack(two_programmes())
    [airings] = [data for data in packed.objects.values() if b"Title 10" in data]
    with pytest.raises(CorruptGallery, match="airing 10 runs from"):
        rewritten({}, airings=airings.replace(b"Z", b""))


def test_a_cast_of_strangers_is_refused() -> None:
    base = two_programmes()
    stranger = replace(base.airings[0], cast=(CastMember(99, "actor", None),))
    sneaked = pack(replace(base, people=(*base.people, person(99, 0)), airings=(stranger, base.airings[1])))
    [airings] = [data for data in sneaked.objects.values() if b"Title 10" in data]
    with pytest.raises(CorruptGallery, match="person 99"):
        rewritten({}, airings=airings)


@given(st.data())
def test_noise_anywhere_is_never_more_than_a_corrupt_gallery(data: st.DataObject) -> None:
    packed = pack(two_programmes())
    document = json.loads(packed.objects[packed.manifest_key])
    name = data.draw(st.sampled_from(["index", "people", "airings"]))
    body = bytearray(packed.objects[f"galleries/objects/{document['parts'][name]['sha256']}"])
    at_byte = data.draw(st.integers(0, len(body) - 1))
    body[at_byte : at_byte + 1] = data.draw(st.binary(max_size=9))
    try:
        rewritten({}, **{name: bytes(body)})
    except GalleryError as error:
        assert isinstance(error, CorruptGallery)  # noqa: PT017 - what is still a gallery may be read


def test_any_difference_gives_another_gallery() -> None:
    base = two_programmes()
    others = [
        replace(base, region="BE"),
        replace(base, model_key="model-2"),
        replace(base, vectors=axes(4)[::-1].copy()),
        replace(base, airings=base.airings[:1]),
    ]
    assert len({pack(it).manifest_sha256 for it in (base, *others)}) == 5
