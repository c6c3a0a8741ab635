"""The manifest of a gallery: a small JSON document that describes it and names its objects."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from pydantic import TypeAdapter, ValidationError

from gallery.errors import CorruptGallery, UnsupportedFormat

FORMAT = 1
"""The version of the format of the manifest and its parts. A change that an old reader would misread raises it."""

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
    """How many people, vectors and airings the gallery has."""

    people: int
    vectors: int
    airings: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """The description of the gallery of one (region, slot, model key)."""

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
    """The SHA-256 and size of these bytes."""
    return Part(sha256(data).hexdigest(), len(data))


def object_key(sha256_hex: str) -> str:
    """The storage key of an object of a gallery."""
    return f"galleries/objects/{sha256_hex}"


def encode_manifest(manifest: Manifest) -> bytes:
    """Compact JSON; equal manifests give equal bytes."""
    return _MANIFEST.dump_json(manifest)


def decode_manifest(data: bytes) -> Manifest:
    """Read a manifest. Raises `UnsupportedFormat` for another format, `CorruptGallery` for anything else."""
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
