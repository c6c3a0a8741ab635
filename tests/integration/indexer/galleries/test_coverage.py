"""What is known of what is on, and why the rest is not."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gallery.slots import SLOT
from indexer.galleries.coverage import measure_coverage
from indexer.regions import load_region
from indexer.regions.listings import XmltvListings
from indexer.window import day_window
from tests.integration.indexer.rig import DAY, Indexer, guide, programme

EVENING = guide(
    programme("Air", "20:00", "21:00", cast=["Ben Affleck", "Viola Davis", "Elton John", "Madonna"]),
    programme("News", "20:30", "21:00", "two"),
)


def test_every_face_is_known_or_has_a_reason(indexer: Indexer, people: Callable[..., Path]) -> None:
    root = people(Ben_Affleck=("ben_afflek", 3), Elton_John=("elton_john", 3))
    (root / "Madonna").mkdir()
    (root / "Madonna" / "broken.jpg").write_bytes(b"no picture")
    address = indexer.write(EVENING)
    indexer.run(address, people=root)
    with indexer.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE person SET opted_out = true WHERE name = 'Elton John'")

    coverage = measure_coverage(indexer.engine, "FR", day_window(DAY, 1, "Europe/Paris"))

    air, news = coverage.airings
    reasons = {person.name: person.reason for person in air.people}
    assert list(reasons) == ["Ben Affleck", "Viola Davis", "Elton John", "Madonna"]
    assert reasons["Ben Affleck"] is None
    assert reasons["Viola Davis"] == "no photo"
    assert reasons["Elton John"] == "opted out"
    assert str(reasons["Madonna"]).startswith("photos refused: ")
    assert (air.known, air.reason) == (1, None)
    assert (news.people, news.reason) == ((), "no cast in the listing")


def test_slots_sum_up_what_overlaps_them(indexer: Indexer, people: Callable[..., Path]) -> None:
    indexer.run(indexer.write(EVENING), people=people(Ben_Affleck=("ben_afflek", 3)))

    coverage = measure_coverage(indexer.engine, "FR", day_window(DAY, 1, "Europe/Paris"))

    on = [slot for slot in coverage.slots if slot.airings]
    assert len(coverage.slots) == 48
    assert [(slot.airings, slot.with_cast, slot.people, slot.known) for slot in on] == [(1, 1, 4, 1), (2, 1, 4, 1)]
    assert on[1].slot - on[0].slot == SLOT


def test_before_anything_was_looked_at_that_is_the_reason(indexer: Indexer, people: Callable[..., Path]) -> None:
    indexer.run(indexer.write(EVENING), people=people(Ben_Affleck=("ben_afflek", 2)))
    with indexer.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE photo SET state = 'gathered', reason = NULL")

    coverage = measure_coverage(indexer.engine, "FR", day_window(DAY, 1, "Europe/Paris"))

    assert coverage.airings[0].people[0].reason == "photos not looked at yet"


def test_a_coverage_is_plain_values(indexer: Indexer) -> None:
    indexer.run(indexer.write(EVENING))

    coverage = measure_coverage(indexer.engine, "FR", day_window(DAY, 1, "Europe/Paris"))

    assert json.dumps(asdict(coverage), default=str)


def test_a_channel_of_the_line_up_that_no_source_lists_any_more_is_an_alarm(indexer: Indexer) -> None:
    one_each = [programme("News", "20:00", "20:30", "tf1"), programme("Air", "20:00", "21:00", "arte")]
    indexer.run(indexer.write(guide(*one_each, channels=["tf1", "arte"])))
    window, first = day_window(DAY, 1, "Europe/Paris"), datetime.now(UTC)
    with indexer.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE airing SET during = tstzrange(now(), now() + interval '1 hour')"
            " WHERE channel_id = (SELECT id FROM channel WHERE slug = 'tf1')"
        )

    def alarms(days: int) -> dict[str, datetime | None]:
        found = measure_coverage(indexer.engine, "FR", window, now=first + timedelta(days=days))
        return {channel.name: channel.last_listed for channel in found.unlisted_channels}

    assert alarms(6) == {}, "the region has not been indexed for a week"
    assert "TF1" not in alarms(7)
    assert alarms(7)["Arte"] == datetime(2026, 8, 20, 19, tzinfo=UTC)
    assert alarms(7)["RMC Life"] is None
    assert len(alarms(8)) == len(load_region("FR").lineup)


def test_damage_in_a_guide_is_told(indexer: Indexer, monkeypatch: pytest.MonkeyPatch) -> None:
    address = indexer.write(EVENING.replace("News", "News & weather"))
    region = replace(load_region("FR"), listings=(XmltvListings("source-0", (address,)),))
    monkeypatch.setattr("indexer.galleries.coverage.load_region", lambda code: region)

    report = indexer.run(address)

    told = "Read, with damage in 1 places: bare ampersands (1)"
    assert report.jobs[0].counts["repaired_bare_ampersands"] == 1
    assert indexer.rows("SELECT state, detail FROM source_health") == [("ok", told)]
    coverage = measure_coverage(indexer.engine, "FR", day_window(DAY, 1, "Europe/Paris"))
    assert coverage.source_details == {"source-0": told}
