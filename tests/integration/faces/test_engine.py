"""The real models on the demo's photos."""

import io
import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import count, cycle, islice
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from faces.engine import MAX_FACES, FaceEngine
from faces.errors import DamagedPicture, ModelsDamaged, ModelsMissing, TooManyBytes, UnsupportedPicture
from faces.types import Analysis
from tests.evening import FACENET

pytestmark = pytest.mark.models


def some(photos: Path, part: str = "val") -> list[bytes]:
    return [path.read_bytes() for path in sorted((photos / part).glob("*/*"))]


def reencoded(image: Image.Image, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=95, **options)
    return file.getvalue()


def crowd(photos: Path, count: int) -> bytes:
    """A grid of `count` portraits, 200 pixels each."""
    sheet = Image.new("RGB", (1000, 200 * -(-count // 5)))
    for i, data in enumerate((some(photos) + some(photos, "train"))[:count]):
        sheet.paste(Image.open(io.BytesIO(data)).convert("RGB").resize((200, 200)), (i % 5 * 200, i // 5 * 200))
    return reencoded(sheet)


@pytest.mark.parametrize(("degrees", "least"), [(0, 24), (90, 21), (180, 21), (270, 21)])
def test_the_right_person_is_nearest_for_most_of_25_photos_whichever_way_they_lie(
    engine: FaceEngine, photos: Path, degrees: int, least: int
) -> None:
    def best_faces(part: str, degrees: int) -> tuple[list[str], np.ndarray]:
        names, vectors = [], []
        for path in sorted((photos / part).glob("*/*")):
            image = Image.open(path).convert("RGB").rotate(degrees, expand=True)
            if faces := engine.analyse(reencoded(image)).faces:
                names.append(path.parent.name)
                vectors.append(faces[0].embedding)
        return names, np.stack(vectors)

    known, gallery = best_faces("train", 0)
    asked, probes = best_faces("val", degrees)
    right = [known[best] == name for best, name in zip((probes @ gallery.T).argmax(axis=1), asked, strict=True)]
    assert sum(right) >= least


def test_embeddings_are_normalised_and_of_the_stated_dimension(engine: FaceEngine, photos: Path) -> None:
    analysis = engine.analyse(crowd(photos, 5))
    assert len(analysis.faces) >= 5
    for face in analysis.faces:
        assert face.embedding.shape == (engine.dimension,)
        assert face.embedding.dtype == np.float32
        assert np.linalg.norm(face.embedding) == pytest.approx(1, abs=1e-5)
        assert 0 <= face.quality <= 1
    qualities = [face.quality for face in analysis.faces]
    assert qualities == sorted(qualities, reverse=True)
    assert list(analysis.stage_ms) == ["decode", "detect", "align", "embed"]


def test_a_crowd_is_cut_to_the_most_prominent(engine: FaceEngine, photos: Path) -> None:
    data = crowd(photos, 25)
    assert len(engine.detect(data).detections) > MAX_FACES
    assert len(engine.analyse(data).faces) == MAX_FACES


@pytest.mark.parametrize("orientation", range(1, 9))
def test_boxes_are_in_pixels_of_the_upright_original(engine: FaceEngine, photos: Path, orientation: int) -> None:
    """A 12-megapixel photo, stored in each orientation, has its face where the upright photo has it."""
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    portrait = Image.open(io.BytesIO(some(photos)[0])).convert("RGB").resize((1200, 1800))
    upright = Image.new("RGB", (3000, 4000))
    upright.paste(portrait, (1500, 300))
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = upright.transpose(Image.Transpose(undo[orientation])) if orientation in undo else upright
    found = engine.detect(reencoded(stored, exif=exif))
    alone = engine.detect(reencoded(portrait))
    assert (found.width, found.height) == (3000, 4000)
    shift = np.array([1500, 300])
    box = np.array(alone.detections[0].box) + np.tile(shift, 2)
    assert np.array(found.detections[0].box) == pytest.approx(box, abs=0.06 * alone.detections[0].size)
    eyes = alone.detections[0].landmarks[:2] + shift
    assert found.detections[0].landmarks[:2] == pytest.approx(eyes, abs=0.06 * alone.detections[0].size)


def test_faces_that_fill_their_picture_are_found(engine: FaceEngine, photos: Path) -> None:
    found, again = 0, 0
    for data in some(photos):
        face = max(engine.detect(data).detections, key=lambda it: it.size)
        left, top, right, bottom = face.box
        tight = (left + 0.12 * face.size, top + 0.1 * face.size, right - 0.12 * face.size, bottom - 0.1 * face.size)
        again += len(engine.detect(reencoded(Image.open(io.BytesIO(data)).convert("RGB").crop(tight))).detections) == 1
        found += 1
    assert again >= 0.9 * found


def test_a_small_face_looks_like_its_mirror_image(engine: FaceEngine, photos: Path) -> None:
    """It is embedded both ways; a face of many pixels is not, and its mirror image is further from it."""

    def likeness(side: int) -> float:
        values = []
        for data in some(photos)[:8]:
            face = max(engine.detect(data).detections, key=lambda it: it.size)
            portrait = Image.open(io.BytesIO(data)).convert("RGB")
            size = tuple(round(edge * side / face.size) for edge in portrait.size)
            small = portrait.resize(size, Image.Resampling.LANCZOS)
            first, second = (
                engine.analyse(reencoded(it)).faces[0]
                for it in (small, small.transpose(Image.Transpose.FLIP_LEFT_RIGHT))
            )
            values.append(float(first.embedding @ second.embedding))
        return float(np.median(values))

    assert likeness(85) > likeness(130) + 0.01


def test_a_picture_without_faces_has_none(engine: FaceEngine) -> None:
    analysis = engine.analyse(reencoded(Image.linear_gradient("L")))
    assert analysis.faces == ()
    assert (analysis.width, analysis.height) == (256, 256)


@pytest.mark.parametrize("size", [(24, 24), (24, 6000), (6000, 24), (33, 1000)])
def test_odd_shapes_are_no_error(engine: FaceEngine, size: tuple[int, int]) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3), np.uint8)
    analysis = engine.analyse(reencoded(Image.fromarray(noise)))
    assert (analysis.width, analysis.height) == size


def test_a_damaged_picture_is_refused(engine: FaceEngine, photos: Path) -> None:
    data = some(photos)[0]
    with pytest.raises(DamagedPicture):
        engine.analyse(data[: len(data) // 2])


def test_many_pictures_at_once_give_what_each_gives_alone(models_dir: Path, engine: FaceEngine, photos: Path) -> None:
    pictures = some(photos)
    pictures[3:3] = [crowd(photos, 5), b"no picture", reencoded(Image.linear_gradient("L"))]
    unreadable = TooManyBytes("a gigabyte")
    together = list(FaceEngine.load(models_dir, FACENET, streams=2).analyse_all([*pictures, unreadable]))
    assert together.pop() is unreadable
    assert isinstance(together.pop(4), UnsupportedPicture)
    for data, found in zip(pictures[:4] + pictures[5:], together, strict=True):
        alone = engine.analyse(data)
        assert isinstance(found, Analysis)
        assert (found.width, found.height, len(found.faces)) == (alone.width, alone.height, len(alone.faces))
        for one, other in zip(found.faces, alone.faces, strict=True):
            assert one.detection.box == pytest.approx(other.detection.box, abs=0.1)
            assert one.embedding @ other.embedding > 0.9999
    assert list(engine.analyse_all([])) == []


def test_many_pictures_are_taken_as_they_are_needed(engine: FaceEngine, photos: Path) -> None:
    taken = count()
    endless = (picture for picture in cycle(some(photos)) if next(taken) >= 0)
    first = list(islice(engine.analyse_all(endless), 3))
    assert len(first) == 3
    assert next(taken) < 60


def test_pictures_without_a_face_are_not_waited_for(engine: FaceEngine) -> None:
    found = list(islice(engine.analyse_all(b"no picture" for _ in count()), 3))
    assert all(isinstance(it, UnsupportedPicture) for it in found)


def test_threads_get_the_answers_that_one_caller_gets(engine: FaceEngine, photos: Path) -> None:
    pictures = some(photos)[:8]
    alone = [engine.analyse(data) for data in pictures]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(engine.analyse, pictures * 3))
    for one, other in zip(alone * 3, together, strict=True):
        assert [face.detection.box for face in one.faces] == [face.detection.box for face in other.faces]
        for face, again in zip(one.faces, other.faces, strict=True):
            assert face.embedding @ again.embedding == pytest.approx(1, abs=1e-5)


def test_loading_imports_no_tensorflow_and_no_telemetry_and_is_quick(models_dir: Path) -> None:
    program = (
        "import json, sys, time; from pathlib import Path; from faces.engine import FaceEngine\n"
        "start = time.process_time()\n"
        f"engine = FaceEngine.load(Path({str(models_dir)!r}), {FACENET!r}, threads=1)\n"
        "loaded = [name for name, module in sys.modules.items() if module is not None]\n"
        "print(json.dumps([engine.model_key, time.process_time() - start, loaded]))"
    )
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    key, seconds, modules = json.loads(done.stdout)
    assert key == "mtcnn2-msceleb-128-aligned2"
    assert seconds < 5
    roots = {name.partition(".")[0] for name in modules}
    assert roots.isdisjoint({"tensorflow", "keras", "mtcnn", "openvino_telemetry"})


def test_a_signal_after_the_engine_is_gone_is_no_crash(models_dir: Path, photos: Path) -> None:
    program = (
        "import gc, os, signal; from pathlib import Path; from faces.engine import FaceEngine\n"
        "signal.signal(signal.SIGINT, lambda *_: print('caught'))\n"
        f"engine = FaceEngine.load(Path({str(models_dir)!r}), {FACENET!r})\n"
        f"engine.analyse(next(Path({str(photos)!r}).glob('val/*/*')).read_bytes())\n"
        "del engine; gc.collect(); os.kill(os.getpid(), signal.SIGINT)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "caught\n")


def test_missing_models_name_the_command(tmp_path: Path) -> None:
    with pytest.raises(ModelsMissing, match="findtheactor models prepare"):
        FaceEngine.load(tmp_path, FACENET)


@pytest.mark.parametrize("name", ["facenet.bin", "pnet.xml", "manifest.json"])
def test_a_damaged_file_is_noticed_before_it_is_used(models_dir: Path, tmp_path: Path, name: str) -> None:
    copy = shutil.copytree(models_dir / FACENET, tmp_path / FACENET)
    content = bytearray((copy / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / name).write_bytes(content[: len(content) - (name == "manifest.json") * 3])
    with pytest.raises(ModelsDamaged, match="findtheactor models prepare"):
        FaceEngine.load(tmp_path, FACENET)
