"""Fills a database with synthetic data, for measuring the operations dashboard: 20 regions, 14 days, 76 channels each.

    python -m benchmarks.scale.seed_world postgresql://user@host/empty

The database must be empty. All values are derived from row numbers by hashing, so that the data of a day is always the
same.
"""

import argparse
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from db.engine import open_database, session
from db.migrate import upgrade
from db.queries.slot_coverage import measure_slots
from indexer.regions import load_region, region_codes

REGIONS, DAYS, CHANNELS, AIRINGS_A_DAY = 20, 14, 76, 48
PROGRAMMES, PEOPLE, NIGHTS = 12_000, 30_000, 30
MODEL_KEY = "mtcnn1-msceleb-128-aligned1"
GUARDED = ("region", "channel", "programme", "airing", "person", "photo", "job_run", "gallery_release")
"""A database with a row in one of these tables is in use, and refused."""
LARGE_TABLES = ("airing_credit", "airing", "credit", "photo", "template")
"""Large tables, whose indexes and constraints are created after their rows. Referring tables come first."""

STEPS = {
    "channels": """
        INSERT INTO channel (id, slug, name)
        SELECT n, 'channel-' || n, 'Channel ' || n FROM generate_series(1, :regions * :channels) AS n""",
    "lineups": """
        INSERT INTO lineup (region_code, channel_id, position)
        SELECT code, (region - 1) * :channels + n, n
        FROM unnest(CAST(:codes AS text[])) WITH ORDINALITY AS r(code, region), generate_series(1, :channels) AS n""",
    "programmes": """
        INSERT INTO programme (id, title, title_key, kind, year)
        SELECT n, 'Programme ' || n, 'programme ' || n, (ARRAY['film', 'series', 'other'])[1 + n % 3], 1960 + n % 66
        FROM generate_series(1, :programmes) AS n""",
    "people": """
        INSERT INTO person (id, name, name_key, opted_out)
        SELECT n, 'Person ' || n, 'person ' || n, n % 997 = 0 FROM generate_series(1, :people) AS n""",
    "credits": """
        INSERT INTO credit (programme_id, person_id, job, role, position, source, identified)
        SELECT p, 1 + abs(hashint8(p * 16 + n)::bigint) % :people, CASE WHEN n = 0 THEN 'director' ELSE 'actor' END,
            CASE WHEN n > 0 THEN 'Character ' || n END, n, (ARRAY['tmdb', 'tvmaze'])[1 + p % 2], p % 3 > 0
        FROM generate_series(1, :programmes) AS p, generate_series(0, 3 + p % 6) AS n
        WHERE p % 20 < 11
        ON CONFLICT DO NOTHING""",
    "airings": """
        INSERT INTO airing (channel_id, programme_id, during, source, crawled_at)
        SELECT c, CASE WHEN abs(hashint8(c * 1000 + k / 8)::bigint) % 12 < (c - 1) / :channels % 7
                THEN 12 + 20 * (drawn % (:programmes / 20)) ELSE 1 + drawn % :programmes END,
            tstzrange(begins + k * interval '30 minutes', begins + (k + 1) * interval '30 minutes'), 'xmltv', :now
        FROM generate_series(1, :regions * :channels) AS c,
            LATERAL (SELECT :start + (c % 6) * interval '5 minutes' AS begins) AS shifted,
            generate_series(0, :days * :airings_a_day - 1) AS k,
            LATERAL (SELECT abs(hashint8(c * 100000 + k)::bigint) AS drawn) AS hashed""",
    "casts": """
        INSERT INTO airing_credit (airing_id, credit_id)
        SELECT airing.id, credit.id FROM airing JOIN credit USING (programme_id)""",
    "photos": """
        INSERT INTO photo (person_id, credit_id, sha256, object_key, source, origin, licence, credit_line, state,
            reason, gathered_at, expires_at)
        SELECT person_id, credit_id, CASE WHEN held THEN digest END, CASE WHEN held THEN 'photos/' || digest END,
            (ARRAY['tmdb', 'wikidata', 'google-images'])[1 + n % 3], 'https://photos.example/' || person_id || '/' || n,
            'CC BY-SA 4.0', 'Somebody', state, CASE WHEN state = 'refused' THEN 'no face was found in it' END,
            :now - (n || ' days')::interval, :now + interval '100 days'
        FROM (SELECT person_id, min(id) AS credit_id FROM credit GROUP BY person_id) AS credited,
            generate_series(1, 8) AS n,
            LATERAL (SELECT md5(person_id || '-' || n) || md5(n || '-' || person_id) AS digest,
                CASE WHEN n > 1 + person_id % 8 THEN 'offered' WHEN person_id % 4 = 0 OR n % 5 = 4 THEN 'refused'
                    ELSE 'usable' END AS state) AS drawn,
            LATERAL (SELECT state <> 'offered' AS held) AS holding
        WHERE person_id % 10 < 9""",
    "scans": """
        INSERT INTO scan (sha256, model_key, faces, scanned_at)
        SELECT DISTINCT sha256, :model_key, (state = 'usable')::int, :now FROM photo WHERE sha256 IS NOT NULL""",
    "templates": """
        INSERT INTO template (sha256, model_key, face, box, confidence, quality, vector)
        SELECT sha256, :model_key, 0, ARRAY[0.1, 0.1, 0.5, 0.5], 0.99, 0.8, decode(repeat(sha256, 16), 'hex')
        FROM photo WHERE state = 'usable'""",
    "lookups": """
        INSERT INTO lookup (subject, subject_id, source, part, asked_at, outcome)
        SELECT 'person', n, source, 'photos', :now - interval '3 days',
            CASE WHEN n % 10 < 9 THEN 'found' WHEN n % 20 < 10 THEN 'blocked' ELSE 'nothing' END
        FROM generate_series(1, :people) AS n, unnest(ARRAY['tmdb', 'wikidata']) AS source
        UNION ALL
        SELECT 'programme', n, 'tmdb', '', :now - interval '3 days',
            CASE WHEN n % 20 < 11 THEN 'found' WHEN n % 3 = 0 THEN 'ambiguous title' ELSE 'unmatched title' END
        FROM generate_series(1, :programmes) AS n""",
    "releases": """
        INSERT INTO gallery_release (region_code, slot, model_key, object_key, sha256, people, templates, airings,
            size_bytes, built_at, state)
        SELECT code, slot, :model_key, 'galleries/' || digest, digest, 180 + region, 900, :channels, 600000,
            :now - age, state
        FROM unnest(CAST(:codes AS text[])) WITH ORDINALITY AS r(code, region),
            generate_series(0, :days * 48 - 1) AS k,
            (VALUES ('current', interval '6 hours'), ('previous', interval '30 hours')) AS v(state, age),
            LATERAL (SELECT :start + k * interval '30 minutes' AS slot, md5(code || k || state) AS digest) AS drawn""",
    "runs": """
        INSERT INTO job_run (run_id, job, region_code, state, started_at, finished_at, counts, error)
        SELECT md5(night || code), job, code, CASE WHEN failed THEN 'failed' ELSE 'done' END, begun,
            begun + interval '2 minutes', jsonb_build_object('airings', 3648, 'people', 9000 + night),
            CASE WHEN failed THEN 'SourceUnavailable: the guide did not answer' END
        FROM unnest(CAST(:codes AS text[])) WITH ORDINALITY AS r(code, region),
            generate_series(0, :nights - 1) AS night,
            unnest(ARRAY['crawl_listings', 'resolve_casts', 'gather_photos', 'look_up_careers', 'embed_photos',
                'build_galleries', 'publish_galleries', 'measure_coverage', 'retire_galleries'])
                WITH ORDINALITY AS j(job, place),
            LATERAL (SELECT :now - interval '6 hours' - night * interval '1 day'
                + place * interval '2 minutes' AS begun, place = 1 AND (night + region) % 17 = 0 AS failed) AS drawn""",
    "sources": """
        INSERT INTO source_health (source, state, detail, checked_at, last_success_at)
        SELECT source, state, CASE WHEN state <> 'ok' THEN 'HTTP 429' END, :now - interval '6 hours',
            :now - CASE WHEN state = 'ok' THEN interval '6 hours' ELSE interval '3 days' END
        FROM (VALUES ('tmdb', 'ok'), ('tvmaze', 'ok'), ('wikidata', 'ok'), ('google-images', 'blocked'),
            ('xmltv', 'ok')) AS s(source, state)""",
    "tallies": """
        INSERT INTO source_tally (source, hour, answered, refused, failed)
        SELECT source, date_trunc('hour', :now) - n * interval '1 hour', 400 + n % 50, n % 7, n % 3
        FROM unnest(ARRAY['tmdb', 'tvmaze', 'wikidata', 'google-images', 'xmltv']) AS source,
            generate_series(1, :nights * 24) AS n""",
    "merges": """
        INSERT INTO person_merge (kept_id, gone_id, reason, before, merged_at)
        SELECT n, :people + n, 'the same id in wikidata',
            jsonb_build_object('gone', jsonb_build_object('name', 'Person ' || n || ' again')),
            :now - n * interval '1 hour'
        FROM generate_series(1, 300) AS n""",
}


class NotEmpty(Exception):
    """The database is not empty. The message names a table with rows."""


def seed(engine: Engine, *, now: datetime, scale: float = 1.0) -> None:
    """Fill the database with two weeks from midnight (UTC) on; `scale` multiplies all sizes. Raises `NotEmpty`."""
    upgrade(engine)
    regions, channels = (max(1, round(full * scale)) for full in (REGIONS, CHANNELS))
    days = max(2, round(DAYS * scale))  # late in the UTC day, it is tomorrow already in some regions
    programmes, people = (max(100, round(full * scale)) for full in (PROGRAMMES, PEOPLE))
    start = now.replace(hour=0, minute=0, second=0, microsecond=0)
    codes = list(region_codes())[:regions]
    values = {
        "regions": regions, "days": days, "channels": channels, "airings_a_day": AIRINGS_A_DAY, "codes": codes,
        "programmes": programmes, "people": people, "nights": NIGHTS, "model_key": MODEL_KEY,
        "start": start, "now": now,
    }  # fmt: skip
    with session(engine) as opened:
        _refuse_non_empty(opened)
        opened.execute(text("SET LOCAL statement_timeout = 0"))
        opened.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
        for code in codes:
            named = load_region(code)
            row = {"code": code, "name": named.name, "country": named.country, "zone": named.time_zone}
            opened.execute(text("INSERT INTO region VALUES (:code, :name, :country, :zone, ARRAY[:zone])"), row)
        with _rebuilt_afterwards(opened):
            for name, statement in STEPS.items():
                _timed(name, opened, statement, values)
        for table in ("channel", "programme", "person"):
            opened.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"))
        opened.execute(text("ANALYZE"))
        began = time.monotonic()
        for code in codes:
            measure_slots(opened, code, start, start + timedelta(days=days), now=now - timedelta(hours=6))
        print(f"{'coverage':>12} {time.monotonic() - began:6.1f} s")
        opened.execute(text("ANALYZE slot_coverage"))


def _refuse_non_empty(opened: Session) -> None:
    for table in GUARDED:
        if opened.execute(text(f"SELECT 1 FROM {table} LIMIT 1")).first():
            raise NotEmpty(
                f"The table {table} has rows: name an empty database, because synthetic data would mix with it."
            )


@contextmanager
def _rebuilt_afterwards(opened: Session) -> Iterator[None]:
    """Drop the indexes and constraints of the large tables, and create them again after the block: ten times faster.

    The data satisfies the constraints, so they are not validated; of the one against overlapping airings, only the
    index is created.
    """
    constraints = opened.execute(
        text("""
            SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
            WHERE conrelid::regclass::text = ANY(:tables) AND contype IN ('p', 'u', 'x', 'f')
            ORDER BY contype = 'f' DESC, contype = 'p'"""),
        {"tables": list(LARGE_TABLES)},
    ).all()
    for table, name, _ in constraints:
        opened.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name} CASCADE"))
    indexes = opened.execute(
        text("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY(:tables)"),
        {"tables": list(LARGE_TABLES)},
    ).all()
    for name, _ in indexes:
        opened.execute(text(f"DROP INDEX {name}"))
    yield
    began = time.monotonic()
    for table, name, definition in reversed(constraints):
        if exclusion := re.match(r"EXCLUDE USING gist \((\w+) WITH =, (\w+) WITH &&\)", definition):
            opened.execute(text(f"CREATE INDEX {name} ON {table} USING gist ({', '.join(exclusion.groups())})"))
        else:
            not_validated = " NOT VALID" if definition.startswith("FOREIGN KEY") else ""
            opened.execute(text(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}{not_validated}"))
    for _, definition in indexes:
        opened.execute(text(definition))
    print(f"{'indexes':>12} {time.monotonic() - began:6.1f} s")


def _timed(name: str, opened: Session, statement: str, values: dict[str, object]) -> None:
    began = time.monotonic()
    used = {key: value for key, value in values.items() if f":{key}" in statement}
    opened.execute(text(statement), used)
    print(f"{name:>12} {time.monotonic() - began:6.1f} s")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database_url", help="of an empty database")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the regions, days, channels…")
    given = parser.parse_args()
    began = time.monotonic()
    with open_database(given.database_url, Path()) as engine:
        try:
            seed(engine, now=datetime.now(UTC), scale=given.scale)
        except NotEmpty as error:
            sys.exit(str(error))
    print(f"{'all':>12} {time.monotonic() - began:6.1f} s")


if __name__ == "__main__":
    main()
