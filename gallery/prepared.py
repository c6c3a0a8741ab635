"""The gallery of a title that was prepared by hand: one programme, in no schedule, which counts as always on."""

from datetime import UTC, datetime

from gallery.types import Airing, CastMember, GalleryContent, Person, Vectors

REGION = "on-demand"
"""Stored in place of a gallery's region, and of an airing's channel."""

START, STOP = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
"""The start and stop of its airing."""


def prepared_content(
    programme_id: int,
    title: str,
    kind: str,
    *,
    model_key: str,
    cast: tuple[CastMember, ...],
    people: tuple[Person, ...],
    vectors: Vectors,
) -> GalleryContent:
    """The content of the programme's gallery. Its only airing has the programme's id."""
    airing = Airing(programme_id, REGION, "", title, None, None, None, kind, START, STOP, cast)
    return GalleryContent(REGION, START, model_key, people, (airing,), vectors)


def is_prepared(airing: Airing) -> bool:
    """Whether the airing stands for a prepared title, and so has no channel and no time."""
    return airing.channel == REGION
