"""Batches in parts, and mixed precision: on the real networks."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from faces import runtime
from faces.decode import decode
from faces.detect.cascade import load_cascade
from faces.detect.mosaic import cut_strips, lay_out
from faces.detect.pyramid import build_pyramid
from faces.embed.align import align_faces
from faces.runtime import Batch, load_network
from tests.evening import FACENET

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def facenet(models_dir: Path) -> Path:
    return models_dir / FACENET / "facenet.xml"


@pytest.fixture(scope="module")
def faces(models_dir: Path, photos: Path) -> Batch:
    """The aligned faces of the demo's smaller part."""
    cascade = load_cascade(models_dir / FACENET)
    pictures = [decode(path.read_bytes()).pixels for path in sorted((photos / "val").glob("*/*"))]
    aligned = [align_faces(it, [face.landmarks for face in cascade.detect(it)]) for it in pictures]
    return np.concatenate(aligned).astype(np.float32)


def embed(facenet: Path, faces: Batch, *, mixed: bool) -> Batch:
    return load_network(facenet, mixed=mixed)(faces)["embedding"]


class NoBfloat16:
    """The core of a processor without it."""

    def __init__(self, core: Any) -> None:
        self._core = core

    def __getattr__(self, name: str) -> Any:
        return getattr(self._core, name)

    def get_property(self, device: str, name: str) -> Any:
        return [it for it in self._core.get_property(device, name) if it != "BF16"]


def test_mixed_precision_hardly_moves_an_embedding(facenet: Path, faces: Batch) -> None:
    cosines = (embed(facenet, faces, mixed=False) * embed(facenet, faces, mixed=True)).sum(axis=1)
    assert len(cosines) >= 24
    assert cosines.min() > 0.9995


def test_mixed_precision_is_full_precision_where_the_processor_has_no_other(
    facenet: Path, faces: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    core = runtime._core()
    monkeypatch.setattr(runtime, "_core", lambda: NoBfloat16(core))
    np.testing.assert_array_equal(embed(facenet, faces[:2], mixed=True), embed(facenet, faces[:2], mixed=False))


def test_the_first_three_convolutions_and_what_leads_to_them_stay_exact(facenet: Path) -> None:
    nodes = runtime._core().read_model(facenet).get_ordered_ops()
    exact = [it.get_type_name() for it in nodes if "DisablePrecisionConversion_0" in it.get_rt_info()]
    assert exact.count("MVN") == 1  # the standardisation of pixels, as one operation
    assert exact.count("Convolution") == 3
    assert [it.get_type_name() for it in nodes].count("Convolution") == 132


@pytest.mark.parametrize("count", [1, 15, 16, 17, 70])
def test_chunks_of_a_batch_are_answered_as_the_whole(models_dir: Path, count: int) -> None:
    boxes = np.random.default_rng(count).integers(0, 256, (count, 24, 24, 3)).astype(np.float32)
    whole, chunked = (load_network(models_dir / FACENET / "rnet.xml", chunk=chunk)(boxes) for chunk in (None, 16))
    for name, rows in whole.items():
        assert chunked[name].shape == rows.shape
        np.testing.assert_allclose(chunked[name], rows, atol=1e-5)


def test_strips_of_a_sheet_are_answered_as_the_sheet(models_dir: Path) -> None:
    image = np.random.default_rng(1).uniform(0, 255, (700, 900, 3)).astype(np.float32)
    sheet, _ = lay_out(build_pyramid(image, 25.0))
    whole, chunked = (load_network(models_dir / FACENET / "pnet.xml", chunk=chunk) for chunk in (None, 1))
    windows = whole(sheet[np.newaxis])["windows"][0]
    assert len(cut_strips(sheet)) > 1
    np.testing.assert_allclose(np.concatenate(chunked(cut_strips(sheet))["windows"]), windows, atol=1e-4)


def test_callers_at_once_get_their_own_answers(models_dir: Path) -> None:
    network = load_network(models_dir / FACENET / "rnet.xml", chunk=16)
    batches = [np.full((40, 24, 24, 3), value, np.float32) for value in range(0, 240, 30)]
    alone = [network(batch)["face"] for batch in batches]
    with ThreadPoolExecutor(len(batches)) as callers:
        for _ in range(5):
            for answer, wanted in zip(callers.map(network, batches), alone, strict=True):
                np.testing.assert_array_equal(answer["face"], wanted)
