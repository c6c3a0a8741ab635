"""The coverage of each slot. Each indexing run measures it once, for counting two weeks takes too long for a page."""

from datetime import datetime, timedelta

from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from db.models import SlotCoverage
from db.queries.casts import ON_SCREEN
from db.queries.opt_outs import all_opted_out

SLOT = timedelta(minutes=30)
KEPT = timedelta(days=2)
"""How long slots before the measured window are kept."""

# The cast is joined before the slots: the planner cannot estimate how many slots an airing spans.
_MEASURE = text("""
WITH listed AS MATERIALIZED (
    SELECT airing.id, airing.during
    FROM airing
    JOIN lineup ON lineup.channel_id = airing.channel_id AND lineup.region_code = :region
    WHERE during && tstzrange(:start, :stop)
), usable AS (
    SELECT DISTINCT person_id FROM photo WHERE state = 'usable'
), on_screen AS MATERIALIZED (
    SELECT listed.id, person.id AS person_id, person.id <> ALL(:opted_out) AND usable.person_id IS NOT NULL AS is_known
    FROM listed
    JOIN airing_credit ON airing_credit.airing_id = listed.id
    JOIN credit ON credit.id = airing_credit.credit_id AND credit.job = ANY(:jobs)
    JOIN person ON person.id = credit.person_id
    LEFT JOIN usable ON usable.person_id = person.id
), aired AS MATERIALIZED (
    SELECT id, slot
    FROM listed
    CROSS JOIN LATERAL generate_series(
        date_bin('30 minutes', greatest(lower(during), :start), 'epoch'::timestamptz),
        least(upper(during), :stop) - interval '1 microsecond',
        interval '30 minutes'
    ) AS slot
), shown AS (
    SELECT slot, count(*) AS airings FROM aired GROUP BY slot
), named AS (
    SELECT slot, count(DISTINCT id) AS with_cast, count(DISTINCT person_id) AS people,
        count(DISTINCT person_id) FILTER (WHERE is_known) AS known
    FROM aired JOIN on_screen USING (id) GROUP BY slot
)
INSERT INTO slot_coverage (region_code, slot, airings, with_cast, people, known, measured_at)
SELECT :region, slot, coalesce(airings, 0), coalesce(with_cast, 0), coalesce(people, 0), coalesce(known, 0), :now
FROM generate_series(
    date_bin('30 minutes', :start, 'epoch'::timestamptz), :stop - interval '1 microsecond', interval '30 minutes'
) AS slot
LEFT JOIN shown USING (slot)
LEFT JOIN named USING (slot)
RETURNING slot
""")


def measure_slots(session: Session, region_code: str, start: datetime, stop: datetime, *, now: datetime) -> int:
    """Measure the region's slots that overlap [start, stop) again, and delete old ones. Returns how many were measured.

    A face is known by the rule of `db.queries.coverage`: the person has a usable photo, and has not opted out.
    """
    mine = SlotCoverage.region_code == region_code
    session.execute(delete(SlotCoverage).where(mine, SlotCoverage.slot > start - SLOT, SlotCoverage.slot < stop))
    session.execute(delete(SlotCoverage).where(mine, SlotCoverage.slot < start - KEPT))
    span = {"region": region_code, "start": start, "stop": stop, "now": now}
    among = {"jobs": list(ON_SCREEN), "opted_out": sorted(all_opted_out(session).people)}
    return len(session.execute(_MEASURE, span | among).all())
