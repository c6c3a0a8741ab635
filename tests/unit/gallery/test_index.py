import struct

import faiss
import numpy as np
import pytest

from gallery.errors import CorruptGallery
from gallery.index import are_normalised, decode_index, encode_index
from tests.unit.gallery.evening import axes


def test_faiss_reads_what_we_write() -> None:
    index = faiss.deserialize_index(np.frombuffer(encode_index(axes(3)), dtype=np.uint8))
    assert index.metric_type == faiss.METRIC_INNER_PRODUCT
    assert np.array_equal(index.reconstruct_n(0, 3), axes(3))


def test_we_read_what_we_write() -> None:
    assert np.array_equal(decode_index(encode_index(axes(3))), axes(3))
    assert decode_index(encode_index(np.empty((0, 8), np.float32))).shape == (0, 8)


def other_index(index: faiss.Index) -> bytes:
    index.train(axes(8))
    index.add(axes(8))
    return bytes(faiss.serialize_index(index).tobytes())


@pytest.mark.parametrize(
    "index",
    [
        faiss.IndexFlatL2(8),
        faiss.IndexHNSWFlat(8, 4),
        faiss.IndexScalarQuantizer(8, faiss.ScalarQuantizer.QT_8bit),
        faiss.IndexIDMap(faiss.IndexFlatIP(8)),
    ],
)
def test_any_other_kind_of_index_is_refused(index: faiss.Index) -> None:
    data = faiss.serialize_index(index).tobytes() if isinstance(index, faiss.IndexIDMap) else other_index(index)
    with pytest.raises(CorruptGallery):
        decode_index(bytes(data))


@pytest.mark.parametrize(
    ("offset", "layout", "value"),
    [
        (0, "<4s", b"IxF2"),
        (4, "<i", 9),
        (4, "<i", 0),
        (4, "<i", -8),
        (4, "<i", 2**30),
        (8, "<q", 4),
        (8, "<q", -1),
        (8, "<q", 2**62),
        (32, "<B", 0),
        (33, "<i", 1),
        (37, "<Q", 23),
        (37, "<Q", 2**63),
    ],
)
def test_a_header_that_lies_is_refused(offset: int, layout: str, value: object) -> None:
    data = bytearray(encode_index(axes(3)))
    struct.pack_into(layout, data, offset, value)
    with pytest.raises(CorruptGallery, match="publish"):
        decode_index(bytes(data))


@pytest.mark.parametrize("length", [0, 1, 44, 45, 140])
def test_a_file_that_is_cut_off_is_refused(length: int) -> None:
    with pytest.raises(CorruptGallery):
        decode_index(encode_index(axes(3))[:length])


@pytest.mark.parametrize("value", [0.0, 2.0, np.nan, np.inf, 3e38])
def test_only_rows_of_length_one_are_normalised(value: float) -> None:
    rows = axes(3)
    assert are_normalised(rows)
    rows[1, 1] = value
    assert not are_normalised(rows)
