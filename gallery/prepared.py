"""The gallery of one programme that is on whenever it is asked about: a title prepared by hand, in no schedule."""

from datetime import UTC, datetime

from gallery.types import Airing, CastMember, GalleryContent, Person, Vectors

REGION = "on-demand"
"""Stands where other galleries name their region, and other airings their channel."""

START, STOP = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
"""From when to when it is on."""


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
    """The content of the programme's gallery; its one airing has the programme's id."""
    airing = Airing(programme_id, REGION, "", title, None, None, None, kind, START, STOP, cast)
    return GalleryContent(REGION, START, model_key, people, (airing,), vectors)


def is_prepared(airing: Airing) -> bool:
    """Whether the airing stands for a prepared title: then it has no channel and no time."""
    return airing.channel == REGION
