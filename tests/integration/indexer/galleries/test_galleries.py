"""From photos to published galleries, with real models and real faces."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, text, update

from db.engine import session
from db.models import Person, PersonMerge
from db.queries.contributions import ContributionRow, record_contribution
from db.queries.identity import create_person
from db.queries.locks import exclusive_lock
from db.queries.merges import merge_people
from db.queries.publishing import rollback
from gallery.artefact import unpack
from gallery.search import Gallery
from gallery.select import MISATTRIBUTED
from gallery.slots import SLOT
from gallery.types import LatestCredit
from indexer.errors import GalleryDamaged, RegionBusy
from indexer.galleries.build import build_galleries
from indexer.galleries.publish import publish_galleries
from indexer.galleries.retire import retire_galleries
from indexer.runs.pipeline import RunReport
from tests.integration.indexer.rig import MORNING, Indexer, guide, programme

EVENING = guide(
    programme("Air", "20:00", "21:00", cast={"Ben Affleck": "Phil", "Viola Davis": "Deloris"}),
    programme("Concert", "20:30", "21:30", "two", {"Elton John": "", "Madonna": "herself"}),
    programme("News", "21:00", "21:30"),
)
AT_20_30 = datetime(2026, 8, 20, 18, 30, tzinfo=UTC)
RELEASES = """
    SELECT to_char(slot AT TIME ZONE 'Europe/Paris', 'HH24:MI'), state, airings, people, templates
    FROM gallery_release ORDER BY slot, id
"""

People = Callable[..., Path]


@pytest.fixture
def stars(people: People) -> Path:
    return people(Ben_Affleck=("ben_afflek", 3), Elton_John=("elton_john", 3), Mindy_Kaling=("mindy_kaling", 2))


def counts(report: RunReport, job: str) -> dict[str, int]:
    [found] = [entry.counts for entry in report.jobs if entry.job == job]
    return {name: count for name, count in found.items() if count}


def current(indexer: Indexer, slot: datetime) -> Gallery:
    [(key, sha256)] = indexer.rows(
        "SELECT object_key, sha256 FROM gallery_release WHERE state = 'current' AND slot = :slot", slot=slot
    )
    return unpack(lambda key, most: indexer.storage.get(key, max_bytes=most), key, sha256)


def test_every_slot_with_airings_has_a_gallery_of_the_people_on_screen(indexer: Indexer, stars: Path) -> None:
    report = indexer.run(indexer.write(EVENING), people=stars)

    assert report.complete
    assert [row[:4] for row in indexer.rows(RELEASES)] == [
        ("20:00", "current", 1, 2),
        ("20:30", "current", 2, 4),
        ("21:00", "current", 2, 2),
    ]
    gallery = current(indexer, AT_20_30)
    faces = {person.name: len(person.references) for person in gallery.people}
    assert faces["Ben Affleck"] > 0
    assert faces["Elton John"] > 0
    assert (faces["Viola Davis"], faces["Madonna"]) == (0, 0)
    [concert] = [airing for airing in gallery.airings if airing.title == "Concert"]
    assert (concert.channel, concert.kind, len(concert.cast)) == ("two", "film", 2)


def test_a_new_photo_of_somebody_finds_them_in_their_gallery(indexer: Indexer, stars: Path, photos: Path) -> None:
    indexer.run(indexer.write(EVENING), people=stars)
    gallery = current(indexer, AT_20_30)
    probe = indexer.faces.analyse(next(iter(sorted((photos / "val" / "elton_john").iterdir()))).read_bytes())

    found = gallery.search(probe.faces[0].embedding[None], {person.id for person in gallery.people})

    best = found.people[int(found.values[0].argmax())]
    assert best.name == "Elton John"


def test_only_people_on_screen_are_looked_for(indexer: Indexer, stars: Path) -> None:
    directed = EVENING.replace("</credits>", "<director>Mindy Kaling</director></credits>", 1)

    report = indexer.run(indexer.write(directed), people=stars)

    assert counts(report, "gather_photos")["people_found"] == 2
    assert indexer.rows("SELECT DISTINCT name FROM photo JOIN person ON person.id = person_id ORDER BY name") == [
        ("Ben Affleck",),
        ("Elton John",),
    ]


def test_the_same_evening_again_changes_nothing_and_embeds_nothing(indexer: Indexer, stars: Path) -> None:
    address = indexer.write(EVENING)
    indexer.run(address, people=stars)
    before = indexer.everything()

    report = indexer.run(address, people=stars, now=MORNING + timedelta(hours=2))

    assert indexer.everything() == before
    assert counts(report, "embed_photos") == {}
    assert counts(report, "publish_galleries") == {}


def test_only_slots_that_changed_are_published_again(indexer: Indexer, stars: Path) -> None:
    indexer.run(indexer.write(EVENING), people=stars)

    indexer.run(indexer.write(EVENING.replace(">News<", ">Weather<")), people=stars)

    assert [row[:3] for row in indexer.rows(RELEASES)] == [
        ("20:00", "current", 1),
        ("20:30", "current", 2),
        ("21:00", "previous", 2),
        ("21:00", "current", 2),
    ]


def test_a_new_photo_is_embedded_alone_and_one_taken_away_is_let_go(
    indexer: Indexer, stars: Path, photos: Path
) -> None:
    address = indexer.write(EVENING)
    indexer.run(address, people=stars)
    [first, *_] = sorted((stars / "Ben_Affleck").iterdir())
    first.unlink()
    newer = sorted((photos / "train" / "ben_afflek").iterdir())[5]
    (stars / "Ben_Affleck" / "newer.jpg").write_bytes(newer.read_bytes())

    report = indexer.run(address, people=stars)

    assert counts(report, "gather_photos") | {"added": 1, "removed": 1} == counts(report, "gather_photos")
    assert counts(report, "embed_photos")["pictures"] == 1
    assert indexer.rows("SELECT count(*) FROM scan") == [(6,)]
    assert counts(report, "publish_galleries")["published"] == 2


def test_the_only_photo_of_somebody_is_refused_when_it_is_of_a_colleague(indexer: Indexer, people: People) -> None:
    root = people(Elton_John=("elton_john", 3), Madonna=("elton_john", 1))
    indexer.run(indexer.write(EVENING), people=root)

    [(state, reason)] = indexer.rows(
        "SELECT state, reason FROM photo JOIN person ON person.id = person_id WHERE name = 'Madonna'"
    )
    assert (state, reason) == ("refused", MISATTRIBUTED)
    shown = {person.name: len(person.references) for person in current(indexer, AT_20_30).people}
    assert shown["Elton John"] == 3
    assert shown["Madonna"] == 0


def test_what_is_no_picture_is_refused_with_the_reason_and_never_read_again(indexer: Indexer, people: People) -> None:
    root = people(Ben_Affleck=("ben_afflek", 2))
    (root / "Ben_Affleck" / "broken.jpg").write_bytes(b"\xff\xd8\xff no picture")
    address = indexer.write(EVENING)

    report = indexer.run(address, people=root)
    again = indexer.run(address, people=root)

    assert report.complete
    assert counts(report, "embed_photos")["unreadable"] == 1
    assert counts(again, "embed_photos") == {}
    [(state, reason)] = indexer.rows("SELECT state, reason FROM photo WHERE origin LIKE '%broken%'")
    assert state == "refused"
    assert reason


def test_the_credits_file_gives_the_latest_credit(indexer: Indexer, stars: Path) -> None:
    (stars / "credits.json").write_text('{"licence": "CC0", "Ben Affleck": {"title": "Argo", "year": 2012}}')

    indexer.run(indexer.write(EVENING), people=stars)

    [ben] = [person for person in current(indexer, AT_20_30).people if person.name == "Ben Affleck"]
    assert ben.latest_credit == LatestCredit("Argo", 2012)
    assert {reference.licence for reference in ben.references} == {"CC0"}


def test_without_one_the_latest_credit_is_their_last_airing(indexer: Indexer) -> None:
    earlier = programme("Gigli", "10:00", "12:00", cast={"Ben Affleck": "Larry", "Al Pacino": "Starkman"})

    indexer.run(indexer.write(EVENING.replace("</tv>", f"{earlier}</tv>")))

    people = {person.name: person.latest_credit for person in current(indexer, AT_20_30).people}
    assert people["Ben Affleck"] == LatestCredit("Gigli", None, "Larry", "Al Pacino")
    assert people["Viola Davis"] is None


def test_somebody_who_opted_out_disappears_everywhere(indexer: Indexer, stars: Path) -> None:
    address = indexer.write(EVENING)
    indexer.run(address, people=stars)
    with indexer.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE person SET opted_out = true WHERE name = 'Ben Affleck'")

    report = indexer.run(address, people=stars, now=MORNING + timedelta(hours=3))

    assert counts(report, "retire_galleries")["photos"] == 3
    for state in ("current", "previous"):
        for key, sha256 in indexer.rows(f"SELECT object_key, sha256 FROM gallery_release WHERE state = '{state}'"):
            gallery = unpack(lambda key, most: indexer.storage.get(key, max_bytes=most), key, sha256)
            assert "Ben Affleck" not in {person.name for person in gallery.people}
    assert len(list(indexer.storage.keys("photos/"))) == 3
    assert indexer.rows("SELECT count(*) FROM photo") == [(3,)]
    assert indexer.rows("SELECT count(*) FROM scan") == [(3,)]
    assert indexer.rows("SELECT count(*) FROM gallery_release WHERE slot = :slot", slot=AT_20_30) == [(1,)]


@pytest.mark.parametrize("merged", [True, False], ids=["merged", "gone without a trace"])
def test_galleries_that_show_them_by_an_id_of_before_go_too(indexer: Indexer, stars: Path, merged: bool) -> None:
    indexer.run(indexer.write(EVENING), people=stars)
    with session(indexer.engine) as opened:
        ben = opened.scalars(select(Person.id).where(Person.name == "Ben Affleck")).one()
        other = create_person(opened, "Ben Affleck")
        if merged:
            merge_people(opened, other, ben, reason="they are one", at=MORNING)
        else:
            opened.execute(delete(Person).where(Person.id == ben))
        opened.execute(update(Person).where(Person.id == other).values(opted_out=True))
    assert ben in {person.id for person in current(indexer, AT_20_30).people}

    retire_galleries(indexer.context(), Counter())

    assert [row[0] for row in indexer.rows(RELEASES)] == ["21:00"]


def test_somebody_who_opted_out_is_not_looked_for_again(indexer: Indexer, stars: Path) -> None:
    indexer.run(indexer.write(EVENING))
    with indexer.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE person SET opted_out = true WHERE name = 'Ben Affleck'")

    report = indexer.run(indexer.write(EVENING), people=stars)

    assert counts(report, "gather_photos")["people_found"] == 1


def test_expired_photos_are_let_go(indexer: Indexer, stars: Path) -> None:
    address = indexer.write(EVENING)
    indexer.run(address, people=stars)
    with indexer.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE photo SET expires_at = '2026-08-20 01:30+00'")

    indexer.run(address, now=MORNING + timedelta(hours=1))

    assert list(indexer.storage.keys("photos/")) == []
    assert {row[4] for row in indexer.rows(RELEASES) if row[1] == "current"} == {0}


def test_what_askers_let_us_keep_is_let_go_in_time(indexer: Indexer) -> None:
    indexer.run(indexer.write(EVENING))
    ((ben,),) = indexer.rows("SELECT id FROM person WHERE name = 'Ben Affleck'")
    day = timedelta(days=1)
    rows = {
        "old": (MORNING, []),
        "his": (MORNING + day, [0, ben]),
        "merged": (MORNING + day, [7]),
        "other": (MORNING + day, [0]),
    }
    with session(indexer.engine) as opened:
        for name, (expires_at, named) in rows.items():
            key = f"contributions/{name}/0.jpg"
            indexer.storage.put(key, b"pixels")
            row = ContributionRow(name, [key], "0" * 64, "FR", MORNING, "key", named, MORNING - day, expires_at)
            record_contribution(opened, row)
        opened.add(PersonMerge(kept_id=ben, gone_id=7, reason="", before={}, merged_at=MORNING))
        opened.execute(text("UPDATE person SET opted_out = true WHERE id = :id"), {"id": ben})

    report = indexer.run(indexer.write(EVENING), now=MORNING)

    assert counts(report, "retire_galleries")["contributions"] == 3
    assert list(indexer.storage.keys("contributions/")) == ["contributions/other/0.jpg"]
    assert indexer.rows("SELECT id FROM contribution") == [("other",)]


def test_past_slots_are_retired_and_their_objects_removed(indexer: Indexer) -> None:
    indexer.run(indexer.write(EVENING))
    tomorrow = indexer.write(EVENING.replace("20260820", "20260822"), "later.xml")

    indexer.run(tomorrow, day=date(2026, 8, 22), now=datetime(2026, 8, 22, 1, tzinfo=UTC))

    slots = indexer.rows("SELECT DISTINCT slot::date::text FROM gallery_release")
    assert slots == [("2026-08-22",)]
    kept = set(indexer.storage.keys("galleries/"))
    assert all(current(indexer, AT_20_30 + timedelta(days=2) + n * SLOT) for n in (-1, 0, 1))
    assert len(kept) <= 3 * 4


def test_a_replaced_gallery_stays_loadable_for_a_while(indexer: Indexer) -> None:
    for minute, title in enumerate(("News", "Weather", "Sport")):
        now = MORNING + timedelta(minutes=minute)
        indexer.run(indexer.write(EVENING.replace(">News<", f">{title}<")), now=now)
    assert [row[1] for row in indexer.rows(RELEASES) if row[0] == "21:00"] == ["retired", "previous", "current"]

    indexer.run(indexer.write(EVENING.replace(">News<", ">Sport<")), now=MORNING + timedelta(hours=2))

    assert [row[1] for row in indexer.rows(RELEASES) if row[0] == "21:00"] == ["previous", "current"]


def test_a_publication_can_be_rolled_back(indexer: Indexer) -> None:
    indexer.run(indexer.write(EVENING))
    at = AT_20_30 + SLOT
    before = current(indexer, at)
    indexer.run(indexer.write(EVENING.replace(">News<", ">Weather<")), now=MORNING + timedelta(minutes=5))
    assert {airing.title for airing in current(indexer, at).airings} == {"Weather", "Concert"}

    with session(indexer.engine) as opened:
        undone = rollback(opened, "FR", indexer.faces.model_key)

    assert undone == 1
    assert current(indexer, at).airings == before.airings


def test_a_slot_that_has_nothing_any_more_loses_its_gallery(indexer: Indexer) -> None:
    indexer.run(indexer.write(guide(programme("Air", "20:00", "21:00"), programme("News", "21:00", "21:30"))))

    moved = guide(programme("Air", "20:00", "20:30"), programme("News", "21:00", "21:30"))
    indexer.run(indexer.write(moved))

    assert [(row[0], row[1]) for row in indexer.rows(RELEASES) if row[1] == "current"] == [
        ("20:00", "current"),
        ("21:00", "current"),
    ]


def test_a_gallery_that_reads_back_wrong_is_not_published(indexer: Indexer) -> None:
    indexer.run(indexer.write(EVENING))
    before = indexer.rows(RELEASES)
    context = indexer.context()
    with indexer.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE programme SET title = 'Weather' WHERE title = 'News'")
    built = build_galleries(context, Counter())
    [release] = built.releases
    data = indexer.storage.get(release.object_key, max_bytes=1 << 20)
    indexer.storage.put(release.object_key, data.replace(b"FR", b"BE"))

    with pytest.raises(GalleryDamaged, match="Nothing was published"):
        publish_galleries(context, built, Counter())

    assert indexer.rows(RELEASES) == before


def test_an_object_that_was_lost_is_written_again(indexer: Indexer) -> None:
    address = indexer.write(EVENING)
    indexer.run(address)
    [lost, *_] = indexer.storage.keys("galleries/")
    indexer.storage.delete(lost)

    indexer.run(address)

    assert indexer.storage.size(lost)


def test_a_region_is_indexed_by_one_process_at_a_time(indexer: Indexer) -> None:
    address = indexer.write(EVENING)
    with exclusive_lock(indexer.engine, "index FR"), pytest.raises(RegionBusy, match="another process"):
        indexer.run(address)

    assert indexer.run(address).complete
