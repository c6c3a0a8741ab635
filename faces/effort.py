"""What one question may cost: all of its pictures share it, so that a burst costs no more than one picture may."""

from threading import Lock

from faces.errors import TooMuchWork

DECODING_S, LOOKING_S = 0.6, 0.75
"""Seconds of processor time, for all the pictures."""
BOXES, FEWEST_BOXES = 1600, 400
"""What may be a face: so many places in all the pictures are looked at closely, but no fewer than these in each."""
VIEWS = 48
"""Faces and mirror images of faces that are embedded, of all the pictures."""


class Effort:
    """What is left for the pictures of one question. Safe to share between threads.

    Each picture has its share of the looking (`looking_s`, in seconds of processor time; `boxes`) and of the embedding
    (`views`), so that what is seen in it does not depend on which thread was first; of decoding, there is one account.
    """

    def __init__(self, pictures: int = 1) -> None:
        self.pictures = pictures
        self.looking_s = LOOKING_S / pictures
        self.boxes = max(BOXES // pictures, FEWEST_BOXES)
        self.views = VIEWS // pictures
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
