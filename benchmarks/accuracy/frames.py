"""Frames of television put together of real faces, such that one knows where each face is: what detection is asked.

People are cut out of their pictures with what is around them, brought to a size and a tilt, and pasted with soft edges
before a scene whose own faces were painted over.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator

from benchmarks.accuracy.screens import Simulation, blur, compressed, dark, glare, small
from faces.types import Detection, Pixels

AROUND = 1.0
"""What is shown around a face, in parts of its size, to each side."""
APART = 2.2
"""Centres of faces are at least so many sizes from each other."""
PEOPLE = 3
TURNED_AWAY = 0.4
"""Faces of less frontality count as profiles."""


@dataclass(frozen=True, slots=True)
class Condition:
    """How the faces of a frame look: `pixels` wide, turned in the plane by `degrees` either way, then simulated."""

    name: str
    pixels: float
    size: tuple[int, int] = (640, 360)
    degrees: float = 0.0
    profile: bool = False
    simulate: Simulation = small


def night(pixels: Pixels, random: Generator) -> Pixels:
    """Hardly any light: a thirtieth, and the sensor's noise."""
    light = (pixels / 255.0) ** 2.2 * random.uniform(0.02, 0.05)
    electrons = random.poisson(light * 1500) + random.normal(0, 3, pixels.shape)
    return np.asarray(255 * np.clip(electrons / 1500, 0, 1) ** (1 / 2.2)).astype(np.uint8)


def photographed(pixels: Pixels, random: Generator) -> Pixels:
    """A phone's photo of the screen, as far as everything stays in its place: shake, a lamp, compression."""
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
    """A picture with the one face that is in it, and how frontal that is (0 to 1)."""

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
    """Frames under a condition; of `scenes`, which hold no face, each is the background in turn."""
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
    """The picture with these faces painted over."""
    painted = pixels.copy()
    for face in faces:
        left, top, right, bottom = (round(edge) for edge in face.box)
        grow = round(face.size * 0.2)
        area = np.s_[max(0, top - grow) : bottom + grow, max(0, left - grow) : right + grow]
        painted[area] = painted[area].mean(axis=(0, 1)).astype(np.uint8)
    return painted


def cover(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """The middle of a picture that fills the size."""
    width, height = size
    scale = max(width / pixels.shape[1], height / pixels.shape[0])
    matrix = np.array([[scale, 0, (width - scale * pixels.shape[1]) / 2],
                       [0, scale, (height - scale * pixels.shape[0]) / 2]])  # fmt: skip
    return np.asarray(cv2.warpAffine(pixels, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


def draw_places(size: tuple[int, int], side: float, count: int, random: Generator) -> list[tuple[float, float]]:
    """The middles of `count` faces of at most `side` pixels in a frame, or of fewer if there is no room."""
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
    """Put the portrait into `pixels`, its face at the place, `side` pixels large and turned.

    It shrinks before it turns, for a turn samples points.
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
