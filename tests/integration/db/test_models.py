"""The rules that the tables keep by themselves."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.models import (
    Airing,
    AiringCredit,
    Channel,
    Credit,
    GalleryRelease,
    Person,
    Photo,
    Programme,
    Region,
)

EIGHT = datetime(2026, 3, 1, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)


def a_channel(slug: str = "france-2") -> Channel:
    return Channel(slug=slug, name=slug)


def a_programme(**fields: object) -> Programme:
    return Programme(**{"title": "Argo", "title_key": "argo", "kind": "film", "year": 2012} | fields)


def an_airing(channel: Channel, programme: Programme, during: Range[datetime]) -> Airing:
    return Airing(channel_id=channel.id, programme_id=programme.id, during=during, source="test", crawled_at=EIGHT)


def a_release(**fields: object) -> GalleryRelease:
    counts = {"people": 1, "templates": 1, "airings": 1, "size_bytes": 1}
    row = {"region_code": "FR", "slot": EIGHT, "model_key": "m", "object_key": "k", "sha256": "s", "state": "current"}
    return GalleryRelease(**row | counts | {"built_at": EIGHT} | fields)


@pytest.fixture
def on_air(session: Session) -> tuple[Channel, Programme]:
    channel, programme = a_channel(), a_programme()
    session.add_all([channel, programme, Region(code="FR", name="France", country="FR", time_zone="Europe/Paris")])
    session.flush()
    return channel, programme


def test_airings_of_one_channel_may_follow_each_other(session: Session, on_air: tuple[Channel, Programme]) -> None:
    session.add(an_airing(*on_air, Range(EIGHT, EIGHT + HOUR)))
    session.add(an_airing(*on_air, Range(EIGHT + HOUR, EIGHT + 2 * HOUR)))
    session.flush()


def test_airings_of_one_channel_cannot_overlap(session: Session, on_air: tuple[Channel, Programme]) -> None:
    session.add(an_airing(*on_air, Range(EIGHT, EIGHT + HOUR)))
    session.add(an_airing(*on_air, Range(EIGHT + HOUR / 2, EIGHT + 2 * HOUR)))
    with pytest.raises(IntegrityError, match="ex_airing_channel_during"):
        session.flush()


def test_airings_of_two_channels_may_overlap(session: Session, on_air: tuple[Channel, Programme]) -> None:
    other = a_channel("m6")
    session.add(other)
    session.flush()
    session.add(an_airing(*on_air, Range(EIGHT, EIGHT + HOUR)))
    session.add(an_airing(other, on_air[1], Range(EIGHT, EIGHT + HOUR)))
    session.flush()


@pytest.mark.parametrize(
    "during",
    [Range(EIGHT, EIGHT), Range(EIGHT, None), Range(None, EIGHT), Range(EIGHT, EIGHT + HOUR, bounds="[]")],
    ids=["empty", "endless", "beginningless", "closed"],
)
def test_an_airing_is_half_open_and_bounded(
    session: Session, on_air: tuple[Channel, Programme], during: Range[datetime]
) -> None:
    session.add(an_airing(*on_air, during))
    with pytest.raises(IntegrityError, match="ck_airing"):
        session.flush()


def test_times_come_back_in_utc(session: Session, on_air: tuple[Channel, Programme]) -> None:
    session.add(an_airing(*on_air, Range(EIGHT, EIGHT + HOUR)))
    session.flush()
    session.expire_all()
    airing = session.scalars(select(Airing)).one()
    assert airing.crawled_at == EIGHT
    assert airing.crawled_at.utcoffset() == timedelta(0)
    assert airing.during.lower == EIGHT


def test_a_programme_without_a_year_exists_once(session: Session) -> None:
    session.add_all([a_programme(year=None), a_programme(year=None)])
    with pytest.raises(IntegrityError, match="uq_programme_title_key_kind_year"):
        session.flush()


def test_only_known_kinds_are_kept(session: Session) -> None:
    session.add(a_programme(kind="show"))
    with pytest.raises(IntegrityError, match="ck_programme_kind"):
        session.flush()


@pytest.mark.usefixtures("on_air")
def test_a_slot_has_one_current_release(session: Session) -> None:
    session.add_all([a_release(), a_release(state="previous"), a_release(model_key="other")])
    session.flush()
    session.add(a_release())
    with pytest.raises(IntegrityError, match="uq_gallery_release_current"):
        session.flush()


@pytest.mark.usefixtures("on_air")
def test_a_slot_begins_on_the_half_hour(session: Session) -> None:
    session.add_all([a_release(slot=EIGHT + HOUR / 2)])
    session.flush()
    session.add(a_release(slot=EIGHT + HOUR / 4))
    with pytest.raises(IntegrityError, match="ck_gallery_release_slot"):
        session.flush()


def test_a_missing_latest_credit_is_null(session: Session) -> None:
    session.add(Person(name="Ana", name_key="ana", latest_credit=None))
    session.flush()
    assert session.scalar(text("SELECT latest_credit IS NULL FROM person"))


def test_a_person_takes_credits_and_photos_along(session: Session, on_air: tuple[Channel, Programme]) -> None:
    person = Person(name="Ana", name_key="ana")
    airing = an_airing(*on_air, Range(EIGHT, EIGHT + HOUR))
    session.add_all([person, airing])
    session.flush()
    credit = Credit(programme_id=on_air[1].id, person_id=person.id, job="actor", position=0, source="test")
    session.add(credit)
    session.flush()
    session.add(AiringCredit(airing_id=airing.id, credit_id=credit.id))
    session.add(
        Photo(
            person_id=person.id, credit_id=credit.id, sha256="s", object_key="k", source="test", origin="here",
            state="gathered", gathered_at=EIGHT,
        )
    )  # fmt: skip
    session.flush()
    session.delete(person)
    session.flush()
    for table in (Credit, AiringCredit, Photo):
        assert session.scalars(select(table)).all() == []


def test_every_foreign_key_has_an_index(engine: Engine) -> None:
    """Without one, deleting a row reads the whole table that refers to it."""
    tables = inspect(engine)
    for table in tables.get_table_names():
        leading = [tuple(index["column_names"]) for index in tables.get_indexes(table)]
        leading += [tuple(unique["column_names"]) for unique in tables.get_unique_constraints(table)]
        leading.append(tuple(tables.get_pk_constraint(table)["constrained_columns"]))
        if table == "airing":
            leading.append(("channel_id",))  # the exclusion constraint's index
        for key in tables.get_foreign_keys(table):
            columns = tuple(key["constrained_columns"])
            assert any(index[: len(columns)] == columns for index in leading), f"{table}.{columns} has no index"
