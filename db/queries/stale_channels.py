"""When the channels that a region should receive were last listed."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Airing, Channel, JobRun, SourceHealth


def last_listed(session: Session, slugs: Collection[str]) -> dict[str, datetime]:
    """By slug, when the last airing ends that a source ever listed of the channel; channels without one are absent."""
    rows = session.execute(
        select(Channel.slug, func.max(func.upper(Airing.during)))
        .join(Airing, Airing.channel_id == Channel.id)
        .where(Channel.slug.in_(slugs))
        .group_by(Channel.slug)
    )
    return dict(rows.all())


def first_crawl(session: Session, region_code: str) -> datetime | None:
    """When the region's listings were first read, as far as is recorded; None when they never were."""
    done = (JobRun.job == "crawl_listings", JobRun.region_code == region_code, JobRun.state == "done")
    return session.scalar(select(func.min(JobRun.finished_at)).where(*done))


def source_details(session: Session, sources: Collection[str]) -> dict[str, str]:
    """By source, what is to be said of how it answered last; sources of which nothing is to be said are absent."""
    rows = session.execute(select(SourceHealth.source, SourceHealth.detail).where(SourceHealth.source.in_(sources)))
    return {source: detail for source, detail in rows if detail is not None}
