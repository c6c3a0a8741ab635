"""The pictures that are measured, composed of the demo's photos."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

ONE_FACE, TWO_FACES, PHONE = "1280x720, one face", "1280x720, two faces", "12 megapixels, one face"

Size = tuple[int, int]
Place = tuple[float, float, float]
"""Left, top and height of a portrait, as fractions of the scene's height."""


def build_scenes(photos: Path) -> Mapping[str, bytes]:
    """JPEG files by description; `photos` has one folder a person. The bytes are always the same."""
    first, second = (sorted(folder.iterdir())[0] for folder in sorted(photos.iterdir())[:2])
    return {
        ONE_FACE: _scene((1280, 720), [first], [(0.5, 0.15, 0.7)]),
        TWO_FACES: _scene((1280, 720), [first, second], [(0.15, 0.15, 0.7), (1.0, 0.2, 0.7)]),
        PHONE: _scene((4032, 3024), [first], [(0.3, 0.15, 0.7)]),
    }


def _scene(size: Size, portraits: Sequence[Path], places: Sequence[Place]) -> bytes:
    """The portraits on a background of soft colours, as a JPEG of quality 90."""
    height = size[1]
    colours = np.random.default_rng(1).integers(0, 256, (9, 16, 3), np.uint8)
    scene = Image.fromarray(colours).resize(size, Image.Resampling.BICUBIC)
    for path, (left, top, tall) in zip(portraits, places, strict=True):
        with Image.open(path) as portrait:
            side = round(tall * height)
            shown = portrait.convert("RGB").resize((side * portrait.width // portrait.height, side))
        scene.paste(shown, (round(left * height), round(top * height)))
    file = io.BytesIO()
    scene.save(file, "JPEG", quality=90)
    return file.getvalue()
