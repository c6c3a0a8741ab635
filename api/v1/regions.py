"""`GET /v1/regions`: which regions are served?"""

from fastapi import APIRouter

from api.galleries.snapshot import Region, Snapshot
from api.problems import Kind, responses
from api.services import Running
from api.v1 import schemas, views

router = APIRouter(prefix="/v1", tags=["guide"])


@router.get("/regions", response_model=list[schemas.RegionLineup], responses=responses(Kind.NOT_READY))
def list_regions(services: Running) -> list[schemas.RegionLineup]:
    """The regions with their channels, and the period for which their galleries are loaded."""
    snapshot = services.snapshot
    return [_lineup(snapshot, region) for region in snapshot.regions.values()]


def _lineup(snapshot: Snapshot, region: Region) -> schemas.RegionLineup:
    held = snapshot.of_region(region.code)
    return schemas.RegionLineup(
        code=region.code,
        name=region.name,
        country=region.country,
        time_zone=region.time_zone,
        channels=[views.channel(channel) for channel in region.channels],
        indexed_from=held[0].slot if held else None,
        indexed_to=held[-1].stop if held else None,
    )
