"""The pictures of a world: small, all different, and some of them with faces."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

from PIL import Image

from benchmarks.night.world import PROFILES, Human, Work

Host = Literal["tmdb-pictures", "tvmaze-pictures", "commons-pictures"]
NOT_FREE_EVERY, STILL_EVERY = 5, 2


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a person at one of the `Host`s, with the terms that must be stored with it."""

    host: Host
    path: str
    source: str
    kind: Literal["portrait", "still"]
    licence: str
    credit: str
    keep_for: timedelta | None = None
    of: str | None = None
    is_available: bool = True


def profiles_of(human: Human) -> list[Picture]:
    """TMDB's portraits. Of some people, the second is missing, and the third is not a picture."""
    broken = {1, 2} if human.coverage.pictures == "one broken" else set()
    return [
        Picture(
            "tmdb-pictures", f"/h632/{human.number}-{place}.jpg", "tmdb", "portrait", "TMDB terms of use", "TMDB",
            keep_for=timedelta(days=180), is_available=place not in broken,
        )
        for place in range(human.profiles)
    ]  # fmt: skip


def portrait_of(human: Human) -> Picture | None:
    """TVmaze's portrait."""
    if human.coverage.pictures == "none" or "tvmaze" not in human.coverage.known_to:
        return None
    return Picture("tvmaze-pictures", f"/original/{human.number}.jpg", "tvmaze", "portrait", "CC BY-SA", "TVmaze")


def still_of(human: Human, work: Work) -> Picture | None:
    """TVmaze's still of the person in a series. Half of them have one."""
    if human.coverage.pictures == "none" or (human.number + work.number) % STILL_EVERY:
        return None
    path = f"/character/{work.number}-{human.number}.jpg"
    return Picture("tvmaze-pictures", path, "tvmaze", "still", "CC BY-SA", "TVmaze", of=work.known_as)


def free_picture_of(human: Human) -> Picture | None:
    """The picture at Wikimedia Commons, if its licence is free."""
    if human.coverage.pictures == "none" or "wikidata" not in human.coverage.known_to or not is_free(human):
        return None
    path = f"/commons/{human.number}.jpg"
    return Picture("commons-pictures", path, "wikidata", "portrait", "CC BY-SA 4.0", f"Photographer {human.number}")


def is_free(human: Human) -> bool:
    """Whether the picture at Wikimedia Commons may be used."""
    return human.number % NOT_FREE_EVERY != 0


class Album:
    """Makes the pictures: photos from `faces` (one folder a person) for the first people, grey ones for the others.

    For people with many portraits, the first one also shows a face: a person with ten pictures and no face would be
    looked up at other sources in the next night. That face is from the last folder, which no other person has, because
    a colleague's face would be refused. Each file contains its address, so that no two are equal.
    """

    def __init__(self, faces: Path) -> None:
        self._grey = _jpeg(Image.new("RGB", (48, 48), "grey"))
        folders = sorted(folder for folder in faces.iterdir() if folder.is_dir())
        *self._faces, shared = ([photo.read_bytes() for photo in sorted(folder.iterdir())] for folder in folders)
        with Image.open(io.BytesIO(shared[0])) as photo:
            photo.thumbnail((160, 160))
            self._small_face = _jpeg(photo)

    def picture(self, path: str) -> bytes:
        """The file at this path."""
        number, place = _numbers(path)
        known: Sequence[bytes] = self._faces[number] if number < len(self._faces) else ()
        is_face = path.startswith("/h632") and place == 0 and PROFILES[number % len(PROFILES)] == max(PROFILES)
        photo = known[place % len(known)] if known else self._small_face if is_face else self._grey
        comment = path.encode()
        return photo[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + photo[2:]


def _jpeg(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.convert("RGB").save(file, "JPEG")
    return file.getvalue()


def _numbers(path: str) -> tuple[int, int]:
    """The number of the human, and the place of the picture among theirs."""
    kind, _, name = path.strip("/").partition("/")
    first, *rest = list(_integers(name.removesuffix(".jpg")))
    if kind == "character":
        return rest[0], first
    return first, rest[0] if rest else len(kind)


def _integers(name: str) -> Iterator[int]:
    return map(int, name.split("-"))
