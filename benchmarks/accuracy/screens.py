"""Simulates what a television and a phone's camera do to a picture. The results are the same on every run."""

from collections.abc import Callable, Mapping
from hashlib import sha256

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from faces.types import Pixels

TV_FACE = 96.0
"""The size of a face in a photo of a screen, in pixels. Larger faces are first shrunk to it."""
SMALL_FACE = 36.0

Simulation = Callable[[Pixels, Generator], Pixels]


def simulate(condition: str, pixels: Pixels, face_size: float, name: str, frame: int = 0) -> Pixels:
    """The RGB picture under a condition of `CONDITIONS`, with random numbers seeded by the condition and `name`.

    `face_size` is the size of its largest face in pixels. The `frame`s of a burst have different random numbers, and
    from the second on the camera has moved.
    """
    seed = int.from_bytes(sha256(f"{condition} {name}{f' {frame}' if frame else ''}".encode()).digest()[:8], "big")
    random = np.random.default_rng(seed)
    shrunk = shrink(pixels, face_size, SMALL_FACE if condition == "small" else TV_FACE)
    return CONDITIONS[condition](shake(shrunk, random) if frame else shrunk, random)


def shake(pixels: Pixels, random: Generator) -> Pixels:
    """Camera motion between two frames: a small change of scale, position and angle."""
    height, width = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), random.normal(0, 1.5), random.uniform(0.95, 1.05))
    turn[:, 2] += random.normal(0, 0.02, 2) * (width, height)
    return _pixels(cv2.warpAffine(pixels, turn, (width, height), borderMode=cv2.BORDER_REPLICATE))


def shrink(pixels: Pixels, face_size: float, wanted: float) -> Pixels:
    """Shrink the picture so that a face of `face_size` gets the `wanted` size. It is never enlarged."""
    scale = min(1.0, wanted / max(face_size, 1.0))
    height, width = pixels.shape[:2]
    size = max(24, round(width * scale)), max(24, round(height * scale))
    return _pixels(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))


def small(pixels: Pixels, random: Generator) -> Pixels:
    """A small face in the background of the scene, in a compressed broadcast."""
    return compressed(pixels, random, quality=60)


def blur(pixels: Pixels, random: Generator) -> Pixels:
    """Camera shake: a straight line of 5 to 9 pixels, in any direction."""
    length, angle = int(random.integers(5, 10)), random.uniform(0, 180)
    kernel = np.zeros((length, length), np.float32)
    kernel[length // 2] = 1
    turn = cv2.getRotationMatrix2D(((length - 1) / 2, (length - 1) / 2), angle, 1)
    kernel = cv2.warpAffine(kernel, turn, (length, length))
    return _pixels(cv2.filter2D(pixels, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE))


def compressed(pixels: Pixels, random: Generator, quality: int = 12) -> Pixels:
    """JPEG at a low quality."""
    _, data = cv2.imencode(".jpg", pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return _pixels(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR))[:, :, ::-1])


def dark(pixels: Pixels, random: Generator) -> Pixels:
    """A night scene: a sixth of the light, and the sensor's noise (Poisson and read noise)."""
    light = (pixels / 255.0) ** 2.2 * random.uniform(0.1, 0.2)
    electrons = random.poisson(light * 900) + random.normal(0, 4, pixels.shape)
    return _pixels(255 * np.clip(electrons / 900, 0, 1) ** (1 / 2.2))


def glare(pixels: Pixels, random: Generator) -> Pixels:
    """A lamp reflected in the screen: a soft bright spot, and less contrast everywhere."""
    height, width = pixels.shape[:2]
    y, x = np.mgrid[:height, :width]
    across, down = random.uniform(0.2, 0.8, 2)
    distance = ((x / width - across) ** 2 + (y / height - down) ** 2) / random.uniform(0.03, 0.08)
    return _pixels(pixels * 0.8 + 25 + random.uniform(110, 190) * np.exp(-distance)[..., np.newaxis])


def perspective(pixels: Pixels, random: Generator) -> Pixels:
    """The screen seen from the side, with the phone slightly tilted."""
    height, width = pixels.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    near, tilt = random.uniform(0.1, 0.22), np.radians(random.uniform(-10, 10))
    seen = corners.copy()
    far = [1, 2] if random.random() < 0.5 else [0, 3]
    seen[far, 1] = (seen[far, 1] - height / 2) * (1 - 2 * near) + height / 2
    seen[far, 0] += (width / 2 - seen[far, 0]) * 2 * near
    turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]], np.float32)
    centre = np.array([width, height], np.float32) / 2
    tilted = (seen - centre) @ turn.T * 0.95 + centre
    matrix = cv2.getPerspectiveTransform(corners, tilted.astype(np.float32))
    return _pixels(cv2.warpPerspective(pixels, matrix, (width, height), borderValue=(30, 30, 30)))


def moire(pixels: Pixels, random: Generator) -> Pixels:
    """The screen's grid of red, green and blue stripes, sampled by a sensor with another pitch."""
    height, width = pixels.shape[:2]
    grid = np.full((3 * height, 3 * width, 3), 0.35, np.float32)
    for colour in range(3):
        grid[:, colour::3, colour] = 1.0
    grid[::3] *= 0.7
    lit = np.repeat(np.repeat(pixels.astype(np.float32), 3, 0), 3, 1) * grid / grid.mean()
    turn = cv2.getRotationMatrix2D((1.5 * width, 1.5 * height), random.uniform(-4, 4), random.uniform(0.92, 0.99))
    turn[:, 2] -= (1.5 * width, 1.5 * height)
    turn *= random.uniform(1.0, 1.15) / 3
    turn[:, 2] += (width / 2, height / 2)
    soft = cv2.GaussianBlur(lit, (0, 0), 0.9)
    return _pixels(cv2.warpAffine(soft, turn, (width, height), borderMode=cv2.BORDER_REPLICATE))


def screen(pixels: Pixels, random: Generator) -> Pixels:
    """A phone's photo of a television: moiré, perspective, glare and compression together."""
    for step in (moire, perspective, glare):
        pixels = step(pixels, random)
    return compressed(pixels, random, quality=55)


CONDITIONS: Mapping[str, Simulation] = {
    "small": small,
    "blur": blur,
    "jpeg": compressed,
    "dark": dark,
    "glare": glare,
    "perspective": perspective,
    "moire": moire,
    "screen": screen,
}


def _pixels(values: NDArray[np.generic]) -> Pixels:
    clipped: Pixels = np.clip(np.rint(values.astype(np.float32)), 0, 255).astype(np.uint8)
    return np.ascontiguousarray(clipped)
