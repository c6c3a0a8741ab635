"""What one question may cost: all of its pictures share it, so that a burst costs no more than one picture may."""

from threading import Lock

from faces.errors import TooMuchWork

DECODING_S = 0.6
"""Seconds of processor time."""


class Effort:
    """What is left for the pictures of one question. Safe to share between threads."""

    def __init__(self, pictures: int = 1) -> None:
        self.pictures = pictures
        self._decoding_s = DECODING_S
        self._counting = Lock()

    @property
    def decoding_s(self) -> float:
        """Seconds of processor time that are left for decoding."""
        return self._decoding_s

    def spend(self, decoding_s: float, why: str) -> None:
        """Take so many seconds of what is left; `TooMuchWork`, which says `why`, when that is less."""
        with self._counting:
            if decoding_s > self._decoding_s:
                raise self.exceeded(why)
            self._decoding_s -= decoding_s

    def exceeded(self, why: str) -> TooMuchWork:
        """The error to raise when nothing is left."""
        what = "The picture is" if self.pictures == 1 else "The pictures together are"
        return TooMuchWork(
            f"{what} too much work to decode: {why}. Save it anew as an ordinary JPEG, not a progressive one; "
            "1600 pixels wide is plenty."
        )
