"""`GET /v1/guide`: what is on, and how many of each cast can be recognised?"""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from api.identify.question import count_candidates, read_time, region_named
from api.identify.scene import Scene, scene_at
from api.problems import Kind, responses
from api.services import Running
from api.v1 import schemas, views
from gallery.types import Airing

router = APIRouter(prefix="/v1", tags=["guide"])


@router.get(
    "/guide",
    response_model=schemas.GuideAnswer,
    responses=responses(
        Kind.INVALID_REQUEST,
        Kind.UNKNOWN_REGION,
        Kind.MALFORMED_TIME,
        Kind.TIME_WITHOUT_ZONE,
        Kind.NO_GALLERY,
        Kind.NOT_READY,
    ),
)
def what_is_on(
    services: Running,
    region: Annotated[str, Query(description="A region code.", examples=["FR"])],
    at: Annotated[
        str | None,
        Query(description="ISO 8601 with a zone; default: now.", examples=["2026-03-01T19:50:00Z"]),
    ] = None,
) -> schemas.GuideAnswer:
    """What each channel of the region shows at that moment, and how many people of each cast can be recognised."""
    snapshot = services.snapshot
    scene = scene_at(services.fetched, snapshot, region_named(snapshot, region), read_time(at), None, timedelta(0))
    known = scene.known()
    by_channel: dict[str, list[schemas.GuideAiring]] = {}
    for airing in scene.airings:
        by_channel.setdefault(airing.channel, []).append(_airing(airing, known))
    return schemas.GuideAnswer(
        region=views.region(scene.region),
        at=scene.at,
        candidates=views.candidates(count_candidates(scene)),
        channels=_channels(scene, by_channel),
    )


def _channels(scene: Scene, by_channel: dict[str, list[schemas.GuideAiring]]) -> list[schemas.GuideChannel]:
    lineup = [channel for channel in scene.region.channels if channel.slug in by_channel]
    return [schemas.GuideChannel(slug=c.slug, name=c.name, airings=by_channel[c.slug]) for c in lineup]


def _airing(airing: Airing, known: frozenset[int]) -> schemas.GuideAiring:
    cast = airing.on_screen
    return schemas.GuideAiring(**views.airing(airing).model_dump(), cast=len(cast), known=len(cast & known))
