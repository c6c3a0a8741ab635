"""Our cascade finds what the `mtcnn` package finds, on the demo's photos."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from faces.decode import decode
from faces.detect.boxes import overlaps
from faces.detect.cascade import Cascade, SmallestFace, load_cascade
from tests.evening import FACENET
from tests.paths import ROOT

pytestmark = pytest.mark.models

Reference = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def reference(photos: Path) -> Reference:
    script = Path(__file__).with_name("reference_detector.py")
    root = ROOT
    done = subprocess.run([sys.executable, script, photos], cwd=root, stdout=subprocess.PIPE, check=True)
    found: Reference = json.loads(done.stdout)
    assert sum(map(len, found.values())) > 100
    return found


def agreement(cascade: Cascade, reference: Reference, smallest: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Per face of the reference from `smallest` pixels: the best overlap and the largest landmark distance, in parts
    of the face; and how many faces we find that it does not."""
    best, distances, ours = [], [], 0
    for path, faces in reference.items():
        detections = cascade.detect(decode(Path(path).read_bytes()).pixels, SmallestFace(part=0, pixels=smallest))
        matched = set()
        for face in faces:
            size = max(face["box"][2] - face["box"][0], face["box"][3] - face["box"][1])
            shares = [overlaps(np.array([face["box"], d.box], np.float32))[0, 1] for d in detections] or [0.0]
            nearest = int(np.argmax(shares))
            matched.add(nearest)
            if size >= smallest:
                best.append(shares[nearest])
                landmarks = detections[nearest].landmarks if detections else np.inf
                distances.append(np.abs(landmarks - np.array(face["landmarks"])).max() / size)
        ours += len(set(range(len(detections))) - matched)
    return np.array(best), np.array(distances), ours


def test_finds_the_same_faces_with_the_same_landmarks(models_dir: Path, reference: Reference) -> None:
    cascade = load_cascade(models_dir / FACENET)
    overlap, distance, extra = agreement(cascade, reference, smallest=20)
    assert (overlap >= 0.8).mean() >= 0.99
    assert (distance <= 0.03).mean() >= 0.99
    assert np.median(overlap) > 0.999
    assert extra <= 2


def test_a_larger_smallest_face_loses_smaller_ones_only(models_dir: Path, reference: Reference) -> None:
    cascade = load_cascade(models_dir / FACENET)
    overlap, distance, _ = agreement(cascade, reference, smallest=60)
    assert len(overlap) > 80
    assert (overlap >= 0.8).mean() >= 0.97
    assert (distance <= 0.03).mean() >= 0.95
