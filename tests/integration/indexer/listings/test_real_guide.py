"""The real French day, checked against a second, plain reading of the same file."""

import time
from collections import Counter
from datetime import UTC, date, datetime

import pytest

from benchmarks.night.guides import read_reference
from db.keys import fold
from tests.integration.indexer.rig import Indexer
from tests.paths import SHARED_DATA

GUIDES = SHARED_DATA / "guides"
FRENCH = GUIDES / "tv_guide_fr_telerama_20260820.xml"
BRITISH = GUIDES / "tv_guide_uk_freeview_20260823.xml"

pytestmark = pytest.mark.shared_data

if not GUIDES.exists():
    pytest.skip(f"the measurement data is not here: no {GUIDES}", allow_module_level=True)

Stored = dict[tuple[str, datetime], tuple[str, datetime, Counter[tuple[str, str, str | None]]]]


def stored(indexer: Indexer) -> Stored:
    rows = indexer.rows("""
        SELECT airing.id, slug, title, lower(during), upper(during) FROM airing
        JOIN channel ON channel.id = channel_id JOIN programme ON programme.id = programme_id
    """)
    credits: dict[int, Counter[tuple[str, str, str | None]]] = {}
    for airing_id, name, job, role in indexer.rows("""
        SELECT airing_id, name_key, job, role FROM airing_credit
        JOIN credit ON credit.id = credit_id JOIN person ON person.id = person_id
    """):
        credits.setdefault(airing_id, Counter())[name, job, role] += 1
    return {(row[1], row[3]): (row[2], row[4], credits.get(row[0], Counter())) for row in rows}


def test_every_airing_role_and_channel_is_right_and_again_changes_nothing(indexer: Indexer) -> None:
    expected, channels = read_reference(FRENCH, date(2026, 8, 20))
    began = time.process_time()
    report = indexer.run(str(FRENCH))
    seconds = time.process_time() - began

    assert report.complete
    assert seconds < 60
    assert {name for (name,) in indexer.rows("SELECT slug FROM channel JOIN lineup ON channel_id = id")} == channels
    found = stored(indexer)
    assert len(channels) == 76
    assert len(expected) > 2400
    for key, (title, stop, credits) in expected.items():
        folded = Counter({(fold(name), job, role) for name, job, role in credits})
        assert (fold(found[key][0]), found[key][2]) == (fold(title), folded)
        assert found[key][1] <= stop
    # What overlaps is cut at the next start; what was interrupted resumes. Nothing else differs from the listing.
    assert sum(found[key][1] < stop for key, (_, stop, _) in expected.items()) < 45
    assert len(found) - len(expected) < 5
    before = indexer.everything()
    indexer.run(str(FRENCH))
    assert indexer.everything() == before


def test_a_guide_almost_without_cast_still_shows_what_is_on(indexer: Indexer) -> None:
    report = indexer.run(str(BRITISH), day=date(2026, 8, 23), now=datetime(2026, 8, 23, 1, tzinfo=UTC))

    assert report.complete
    assert indexer.rows("SELECT count(DISTINCT slot) FROM gallery_release WHERE airings > 0")[0][0] >= 44
