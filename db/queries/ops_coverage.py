"""Coverage at a glance, for the dashboard: how much of what is on can be named, region by region."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import GalleryRelease, Region


@dataclass(frozen=True, slots=True)
class RegionReleases:
    """A region and the galleries that serve it from a moment on; no times where there are none."""

    code: str
    name: str
    time_zone: str
    galleries: int
    freshest: datetime | None
    stalest: datetime | None


def region_releases(session: Session, start: datetime) -> Sequence[RegionReleases]:
    """Every region, by code, with its current galleries of the slots from `start` on."""
    release = GalleryRelease
    current = (release.region_code == Region.code) & (release.state == "current") & (release.slot >= start)
    rows = session.execute(
        select(
            Region.code,
            Region.name,
            Region.time_zone,
            func.count(release.id),
            func.max(release.built_at),
            func.min(release.built_at),
        )
        .outerjoin(release, current)
        .group_by(Region.code)
        .order_by(Region.code)
    )
    return [RegionReleases(*row) for row in rows]
