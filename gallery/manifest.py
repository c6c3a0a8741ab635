"""The small JSON document that says what a gallery is and of which objects it consists."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from pydantic import TypeAdapter, ValidationError

from gallery.errors import CorruptGallery, UnsupportedFormat

FORMAT = 1
"""Of the manifest and of all its parts. A change that an old reader would misread needs a new number."""

MAX_MANIFEST_BYTES = 64 * 1024
MAX_PART_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Part:
    """An object of the gallery: its SHA-256 (which is its key) and size in bytes."""

    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Parts:
    """`index`: a FAISS `IndexFlatIP`; `people`, `airings`: JSON arrays of the types of that name."""

    index: Part
    people: Part
    airings: Part


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is of everything."""

    people: int
    vectors: int
    airings: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the gallery of one (region, slot, model key) is."""

    format: int
    region: str
    slot: datetime
    model_key: str
    dimension: int
    counts: Counts
    parts: Parts


@dataclass(frozen=True, slots=True)
class _Versioned:
    format: int


_MANIFEST = TypeAdapter(Manifest)
_VERSIONED = TypeAdapter(_Versioned)


def describe(data: bytes) -> Part:
    """The part that these bytes are."""
    return Part(sha256(data).hexdigest(), len(data))


def object_key(sha256_hex: str) -> str:
    """Where an object of a gallery is stored."""
    return f"galleries/objects/{sha256_hex}"


def encode_manifest(manifest: Manifest) -> bytes:
    """Compact JSON; equal manifests give equal bytes."""
    return _MANIFEST.dump_json(manifest)


def decode_manifest(data: bytes) -> Manifest:
    """The manifest; `UnsupportedFormat` for another format, `CorruptGallery` for anything that is no manifest."""
    try:
        found = _VERSIONED.validate_json(data, strict=True).format
        if found != FORMAT:
            raise UnsupportedFormat(f"the gallery has format {found}, not {FORMAT}: update this program, or rebuild it")
        manifest = _MANIFEST.validate_json(data, strict=True)
    except ValidationError as error:
        raise CorruptGallery(f"not the manifest of a gallery, publish it again: {error}") from error
    for part in (manifest.parts.index, manifest.parts.people, manifest.parts.airings):
        if not 0 <= part.size_bytes <= MAX_PART_BYTES:
            raise CorruptGallery(f"a part of {part.size_bytes} bytes is no part of a gallery: publish it again")
    return manifest
