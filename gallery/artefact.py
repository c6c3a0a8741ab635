"""A gallery as immutable, content-addressed objects, which the indexer publishes and the API loads.

A manifest names three parts by their SHA-256. Equal content gives equal bytes: an unchanged gallery is not published
again, and galleries of adjacent slots share the parts that are equal.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar
from weakref import WeakKeyDictionary, ref

from pydantic import TypeAdapter, ValidationError

from gallery.content import canonical, check_content
from gallery.errors import CorruptGallery, InvalidContent, WrongModelKey
from gallery.index import decode_index, encode_index
from gallery.manifest import (
    FORMAT,
    MAX_MANIFEST_BYTES,
    MAX_PART_BYTES,
    Counts,
    Manifest,
    Part,
    Parts,
    decode_manifest,
    describe,
    encode_manifest,
    object_key,
)
from gallery.search import Gallery
from gallery.types import Airing, GalleryContent, Person

Fetch = Callable[[str, int], bytes]
"""Reads the object with a key: (key, max_bytes) -> bytes."""

_T = TypeVar("_T")
_PEOPLE = TypeAdapter(tuple[Person, ...])
_AIRINGS = TypeAdapter(tuple[Airing, ...])

_interned: WeakKeyDictionary[Person, ref[Person]] = WeakKeyDictionary()
"""All people of the galleries in memory, so that equal ones share one object."""


@dataclass(frozen=True, slots=True)
class PackedGallery:
    """The objects of a gallery by key, the manifest among them, and their total size."""

    manifest_key: str
    manifest_sha256: str
    objects: Mapping[str, bytes]
    size_bytes: int


def pack(content: GalleryContent) -> PackedGallery:
    """Encode the content as objects. Raises `InvalidContent` when it contradicts itself or is too large."""
    check_content(content, InvalidContent)
    content = canonical(content)
    bodies = (encode_index(content.vectors), _PEOPLE.dump_json(content.people), _AIRINGS.dump_json(content.airings))
    if max(map(len, bodies)) > MAX_PART_BYTES:
        raise InvalidContent(f"a part has over {MAX_PART_BYTES} bytes: put fewer people into one gallery")
    manifest = encode_manifest(_manifest(content, Parts(*map(describe, bodies))))
    objects = {object_key(describe(body).sha256): body for body in (*bodies, manifest)}
    digest = describe(manifest).sha256
    return PackedGallery(object_key(digest), digest, objects, sum(map(len, objects.values())))


def unpack(fetch: Fetch, manifest_key: str, manifest_sha256: str, *, model_key: str | None = None) -> Gallery:
    """Load a gallery, and verify everything against `manifest_sha256`.

    Raises `CorruptGallery` when anything is not as it must be, and `WrongModelKey` when the gallery has another model
    key than the one asked for. What `fetch` raises is passed on.
    """
    data = fetch(manifest_key, MAX_MANIFEST_BYTES)
    _check_sha256(data, manifest_sha256, "the manifest")
    manifest = decode_manifest(data)
    if model_key is not None and manifest.model_key != model_key:
        raise WrongModelKey(f"the gallery is of model {manifest.model_key}, not {model_key}: index with that model")
    parts = manifest.parts
    people: tuple[Person, ...] = _decode(_PEOPLE, _fetch_part(fetch, parts.people), "people")
    content = GalleryContent(
        region=manifest.region,
        slot=manifest.slot,
        model_key=manifest.model_key,
        people=tuple(map(_intern, people)),
        airings=_decode(_AIRINGS, _fetch_part(fetch, parts.airings), "airings"),
        vectors=decode_index(_fetch_part(fetch, parts.index)),
    )
    if _manifest(content, parts) != manifest:
        raise CorruptGallery(f"the manifest {manifest_key} does not describe its parts: publish the gallery again")
    check_content(content, CorruptGallery)
    return Gallery(content)


def _intern(person: Person) -> Person:
    """Return the equal person of another gallery in memory, if there is one: most are on in several slots of a day."""
    found = _interned.get(person)
    shared = found() if found else None
    if shared is None:
        _interned[person] = ref(shared := person)
    return shared


def _manifest(content: GalleryContent, parts: Parts) -> Manifest:
    return Manifest(
        format=FORMAT,
        region=content.region,
        slot=content.slot,
        model_key=content.model_key,
        dimension=content.vectors.shape[1],
        counts=Counts(len(content.people), len(content.vectors), len(content.airings)),
        parts=parts,
    )


def _fetch_part(fetch: Fetch, part: Part) -> bytes:
    key = object_key(part.sha256)
    data = fetch(key, part.size_bytes)
    if len(data) != part.size_bytes:
        raise CorruptGallery(f"{key} has {len(data)} bytes, not {part.size_bytes}: publish the gallery again")
    _check_sha256(data, part.sha256, key)
    return data


def _check_sha256(data: bytes, expected: str, what: str) -> None:
    if sha256(data).hexdigest() != expected:
        raise CorruptGallery(f"{what} does not have the SHA-256 {expected}: publish the gallery again")


def _decode(adapter: TypeAdapter[_T], data: bytes, what: str) -> _T:
    try:
        return adapter.validate_json(data, strict=True)
    except ValidationError as error:
        raise CorruptGallery(f"the {what} cannot be read, publish the gallery again: {error}") from error
