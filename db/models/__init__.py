"""The tables. Every artefact can be rebuilt from these rows. All times are aware UTC.

- `regions`: regions, channels, line-ups. `programmes`: programmes and airings. `people`, `credits`: who is in what.
- `photos`: photos, and the faces found in them. `galleries`: what is published, and its coverage.
- `indexing`: runs, sources, and what they were asked. `ops`: orders of the dashboard. `contributions`: kept uploads.
- `base`: what all tables share.

All are imported here, so that `Base.metadata` knows every table.
"""

from db.models.base import Base
from db.models.contributions import Contribution
from db.models.credits import JOBS, AiringCredit, Billing, Credit
from db.models.galleries import GalleryRelease, PreparedGallery, SlotCoverage
from db.models.indexing import JobRun, Lookup, SourceHealth, SourceTally
from db.models.ops import OpsOrder
from db.models.people import Person, PersonAlias, PersonId, PersonMerge
from db.models.photos import Photo, Scan, Template
from db.models.programmes import Airing, Programme, ProgrammeId, ProgrammeTitle
from db.models.regions import Channel, ChannelAlias, Lineup, Region

__all__ = [
    "JOBS",
    "Airing",
    "AiringCredit",
    "Base",
    "Billing",
    "Channel",
    "ChannelAlias",
    "Contribution",
    "Credit",
    "GalleryRelease",
    "JobRun",
    "Lineup",
    "Lookup",
    "OpsOrder",
    "Person",
    "PersonAlias",
    "PersonId",
    "PersonMerge",
    "Photo",
    "PreparedGallery",
    "Programme",
    "ProgrammeId",
    "ProgrammeTitle",
    "Region",
    "Scan",
    "SlotCoverage",
    "SourceHealth",
    "SourceTally",
    "Template",
]
