"""Synthetic television frames with real faces in known places, for measuring detection.

People are cut out of their pictures with their surroundings, scaled, tilted, and pasted with soft edges onto a scene
whose own faces were painted over.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator

from benchmarks.accuracy.screens import Simulation, blur, compressed, dark, glare, small
from faces.types import Detection, Pixels

AROUND = 1.0
"""How much is shown around a face on each side, as a fraction of its size."""
APART = 2.2
"""The smallest distance between the centres of two faces, in face sizes."""
PEOPLE = 3
TURNED_AWAY = 0.4
"""Faces with a lower frontality count as profiles."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What the faces of a frame are like: `pixels` wide, turned by `degrees` either way, then `simulate`d."""

    name: str
    pixels: float
    size: tuple[int, int] = (640, 360)
    degrees: float = 0.0
    profile: bool = False
    simulate: Simulation = small


def night(pixels: Pixels, random: Generator) -> Pixels:
    """Very little light: about a thirtieth, with the sensor's noise."""
    light = (pixels / 255.0) ** 2.2 * random.uniform(0.02, 0.05)
    electrons = random.poisson(light * 1500) + random.normal(0, 3, pixels.shape)
    return np.asarray(255 * np.clip(electrons / 1500, 0, 1) ** (1 / 2.2)).astype(np.uint8)


def photographed(pixels: Pixels, random: Generator) -> Pixels:
    """A phone's photo of the screen, without any geometric change: blur, a reflected lamp, compression."""
    return compressed(glare(cv2.GaussianBlur(pixels, (0, 0), 1.2), random), random, quality=55)


HD = (1280, 720)
CONDITIONS = (
    *(Condition(f"{side} pixels", side) for side in (16, 20, 24, 32)),
    *(Condition(f"turned {degrees}°", 40, degrees=degrees) for degrees in (15, 30, 45, 60)),
    Condition("profile", 36, profile=True),
    Condition("dark", 40, simulate=dark),
    Condition("night", 40, simulate=night),
    Condition("blur", 28, simulate=blur),
    Condition("photo of a screen", 32, simulate=photographed),
    *(Condition(f"{side} pixels, 720p", side, HD) for side in (24, 32, 48)),
)


@dataclass(frozen=True, slots=True)
class Portrait:
    """A picture with its only face, and how frontal the face is (0 to 1)."""

    pixels: Pixels
    face: Detection
    frontality: float


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture and its faces: rows (x, y, size), shape (n, 3), in pixels."""

    pixels: Pixels
    faces: np.ndarray


def draw_frames(
    condition: Condition, portraits: Sequence[Portrait], scenes: Sequence[Pixels], random: Generator, count: int
) -> Iterator[Frame]:
    """Draw frames under a condition. The `scenes`, which show no face, are the backgrounds in turn."""
    chosen = [it for it in portraits if it.face.size >= condition.pixels]
    chosen = [it for it in chosen if (it.frontality < TURNED_AWAY) == condition.profile]
    for number in range(count):
        pixels = cover(scenes[number % len(scenes)], condition.size)
        places = draw_places(condition.size, condition.pixels, PEOPLE, random)
        for place in places:
            degrees = condition.degrees * random.choice([-1.0, 1.0])
            paste(pixels, chosen[random.integers(len(chosen))], place, condition.pixels, degrees)
        yield Frame(condition.simulate(pixels, random), np.array([[*place, condition.pixels] for place in places]))


def without_faces(pixels: Pixels, faces: Sequence[Detection]) -> Pixels:
    """A copy of the picture with these faces painted over."""
    painted = pixels.copy()
    for face in faces:
        left, top, right, bottom = (round(edge) for edge in face.box)
        grow = round(face.size * 0.2)
        area = np.s_[max(0, top - grow) : bottom + grow, max(0, left - grow) : right + grow]
        painted[area] = painted[area].mean(axis=(0, 1)).astype(np.uint8)
    return painted


def cover(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """Scale and crop the picture to fill this size, around its centre."""
    width, height = size
    scale = max(width / pixels.shape[1], height / pixels.shape[0])
    matrix = np.array([[scale, 0, (width - scale * pixels.shape[1]) / 2],
                       [0, scale, (height - scale * pixels.shape[0]) / 2]])  # fmt: skip
    return np.asarray(cv2.warpAffine(pixels, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


def draw_places(size: tuple[int, int], side: float, count: int, random: Generator) -> list[tuple[float, float]]:
    """Draw the centres of `count` faces of at most `side` pixels in a frame, or of fewer if there is no room."""
    width, height = size
    edge = side * (0.5 + AROUND)
    places: list[tuple[float, float]] = []
    for _ in range(100):
        place = random.uniform(edge, width - edge), random.uniform(edge, height - edge)
        if all(np.hypot(place[0] - x, place[1] - y) >= APART * side for x, y in places):
            places.append(place)
        if len(places) == count:
            break
    return places


def paste(pixels: Pixels, portrait: Portrait, place: tuple[float, float], side: float, degrees: float) -> None:
    """Paste the portrait into `pixels`: its face is centred at the place, `side` pixels large, and turned.

    It is shrunk before it is turned, because the rotation samples single points.
    """
    scale = side / portrait.face.size
    shrunk = cv2.resize(portrait.pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    left, top, right, bottom = (edge * scale for edge in portrait.face.box)
    centre = (left + right) / 2, (top + bottom) / 2
    matrix = cv2.getRotationMatrix2D(centre, degrees, 1.0)
    matrix[:, 2] += np.array(place) - centre
    size = pixels.shape[1], pixels.shape[0]
    moved = cv2.warpAffine(shrunk, matrix, size, flags=cv2.INTER_LINEAR)
    inside = cv2.warpAffine(np.ones(shrunk.shape[:2], np.float32), matrix, size)
    y, x = np.mgrid[: size[1], : size[0]]
    reach = side * (0.5 + AROUND)
    near = np.clip((reach - np.hypot(x - place[0], y - place[1])) / (0.25 * side), 0, 1)
    mask = (cv2.erode(inside, np.ones((3, 3))) * near)[..., np.newaxis]
    pixels[:] = np.rint(moved * mask + pixels * (1 - mask)).astype(np.uint8)
