"""Coverage: how much of what is on in the coming days can be named."""

from pydantic import BaseModel

from api.ops.pages import Section
from api.ops.services import Now, Reading
from db.queries.ops_coverage import RegionReleases, region_releases

section = Section("coverage", "Coverage")


class Coverage(BaseModel):
    """Every region."""

    regions: list[RegionReleases]


@section.shows("coverage.html")
def figures(session: Reading, now: Now) -> Coverage:
    """Coverage at a glance."""
    return Coverage(regions=list(region_releases(session, now)))
