"""Identity: people with their external ids, names and credits."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import delete, exists, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from db.keys import fold
from db.models import AiringCredit, Base, Billing, Credit, Person, PersonAlias, PersonId, Photo, ProgrammeTitle
from db.queries.external_ids import person_external_ids
from db.queries.opt_outs import opted_out
from db.queries.scope import Scope, credits_on_screen


class PersonRow(NamedTuple):
    """A person; `names` has the main name first; `opted_out` says whether this very person opted out."""

    id: int
    names: tuple[str, ...]
    ids: Mapping[str, str]
    opted_out: bool = False

    @property
    def is_name_only(self) -> bool:
        """Whether this is an opt-out by name alone. It never gets ids, so that it applies to everyone of that name."""
        return self.opted_out and not self.ids


class CreditRow(NamedTuple):
    """A credit, and whether a source gave the person's id."""

    id: int
    programme_id: int
    person_id: int
    job: str
    role: str | None
    identified: bool


def matching_people(
    session: Session, ids: Collection[tuple[str, str]], name_keys: Collection[str], programmes: Collection[int] = ()
) -> Sequence[PersonRow]:
    """All people with one of these ids (system, value) or folded names, or credited in one of these programmes."""
    ways = [Person.name_key.in_(list(name_keys))]
    ways.append(Person.id.in_(select(PersonAlias.person_id).where(PersonAlias.name_key.in_(list(name_keys)))))
    if ids:
        held = tuple_(PersonId.system, PersonId.value).in_(list(ids))
        ways.append(Person.id.in_(select(PersonId.person_id).where(held)))
    if programmes:
        ways.append(Person.id.in_(select(Credit.person_id).where(Credit.programme_id.in_(list(programmes)))))
    return _described(session, session.scalars(select(Person.id).where(or_(*ways))).all())


def _described(session: Session, people: Collection[int]) -> Sequence[PersonRow]:
    rows = session.execute(
        select(Person.id, Person.name, Person.opted_out).where(Person.id.in_(people)).order_by(Person.id)
    ).all()
    aliases: dict[int, list[str]] = {}
    listed = select(PersonAlias.person_id, PersonAlias.name).where(PersonAlias.person_id.in_(people))
    for person_id, name in session.execute(listed.order_by(PersonAlias.name_key)):
        aliases.setdefault(person_id, []).append(name)
    held_ids = person_external_ids(session, people)
    return [PersonRow(key, (name, *aliases.get(key, ())), held_ids.get(key, {}), is_out) for key, name, is_out in rows]


def credits_in(session: Session, programmes: Collection[int]) -> Sequence[CreditRow]:
    """The credits of these programmes, by position in the cast."""
    rows = session.execute(
        select(Credit.id, Credit.programme_id, Credit.person_id, Credit.job, Credit.role, Credit.identified)
        .where(Credit.programme_id.in_(list(programmes)))
        .order_by(Credit.position, Credit.id)
    )
    return [CreditRow(*row) for row in rows]


def credits_by_name(session: Session, people: Collection[int]) -> Sequence[CreditRow]:
    """The credits of these people by name alone, in programmes where none of their credits is identified."""
    other = aliased(Credit)
    surely = exists().where(
        other.programme_id == Credit.programme_id, other.person_id == Credit.person_id, other.identified
    )
    rows = session.execute(
        select(Credit.id, Credit.programme_id, Credit.person_id, Credit.job, Credit.role, Credit.identified)
        .where(Credit.person_id.in_(list(people)), ~Credit.identified, ~surely)
        .order_by(Credit.id)
    )
    return [CreditRow(*row) for row in rows]


def identified_namesakes(session: Session, scope: Scope) -> Sequence[PersonRow]:
    """The people on screen who have ids and share their name with another person who has ids. Without opt-outs."""
    other = aliased(Person)
    held = exists().where(PersonId.person_id == Person.id)
    shared = exists().where(other.name_key == Person.name_key, other.id != Person.id, PersonId.person_id == other.id)
    people = select(Credit.person_id).where(Credit.id.in_(credits_on_screen(scope)))
    keys = session.scalars(select(Person.id).where(Person.id.in_(people), held, shared, ~opted_out())).all()
    return _described(session, keys)


def create_person(session: Session, name: str) -> int:
    """Create a person, and return the id."""
    return session.execute(insert(Person).values(name=name, name_key=fold(name)).returning(Person.id)).scalar_one()


def add_person_ids(session: Session, person_id: int, ids: Mapping[str, str]) -> None:
    """Add ids of systems in which the person has none. An id that another person has stays theirs."""
    rows = [{"person_id": person_id, "system": system, "value": value} for system, value in ids.items()]
    if rows:
        session.execute(insert(PersonId).on_conflict_do_nothing(), rows)


def add_names(session: Session, person_id: int, names: Iterable[str]) -> list[str]:
    """Add other names of the person. Returns those that are new, folded."""
    main = session.scalar(select(Person.name_key).where(Person.id == person_id))
    new = {fold(name): name for name in names if fold(name) not in ("", main)}
    if not new:
        return []
    rows = [{"person_id": person_id, "name_key": key, "name": name} for key, name in new.items()]
    statement = insert(PersonAlias).on_conflict_do_nothing().returning(PersonAlias.name_key)
    return sorted(session.scalars(statement, rows))


def add_titles(session: Session, programme_id: int, title_key: str, titles: Iterable[str]) -> None:
    """Add other titles of a programme. `title_key` is its main title, folded."""
    new = {fold(title): title for title in titles if fold(title) not in ("", title_key)}
    if new:
        rows = [{"programme_id": programme_id, "title_key": key, "title": title} for key, title in new.items()]
        session.execute(insert(ProgrammeTitle).on_conflict_do_nothing(), rows)


def reassign_credits(session: Session, credit_ids: Collection[int], person_id: int) -> dict[int, int]:
    """Reassign credits to this person. A credit that they have already absorbs the new one: absorbed id -> kept id.

    Photos stay with the person they show, justified by another credit of theirs; without one, they are deleted. When
    a credit's former person has no id and opted out, the new person is opted out too.
    """
    twins: dict[int, int] = {}
    givers = set(session.scalars(select(Credit.person_id).where(Credit.id.in_(list(credit_ids)))))
    _transfer_opt_out(session, givers, person_id)
    for credit in session.scalars(select(Credit).where(Credit.id.in_(list(credit_ids))).order_by(Credit.id)).all():
        same = select(Credit.id).where(
            Credit.programme_id == credit.programme_id,
            Credit.person_id == person_id,
            Credit.job == credit.job,
            Credit.role.is_not_distinct_from(credit.role),
            Credit.id != credit.id,
        )
        if (twin := session.scalar(same)) is None:
            credit.person_id = person_id
            session.flush()
        else:
            twins[credit.id] = twin
            _merge_credit(session, twin, credit)
    _rejustify_photos(session, givers - {person_id})
    return twins


def delete_uncredited(session: Session, people: Collection[int]) -> set[int]:
    """Delete the people among these who have no id and no credit, and return their ids. Opt-outs are kept."""
    credited = exists().where(Credit.person_id == Person.id)
    held = exists().where(PersonId.person_id == Person.id)
    nobody = delete(Person).where(Person.id.in_(list(people)), ~credited, ~held, ~Person.opted_out)
    return set(session.scalars(nobody.returning(Person.id)))


def _transfer_opt_out(session: Session, givers: Collection[int], person_id: int) -> None:
    held = exists().where(PersonId.person_id == Person.id)
    nameless = select(Person.id).where(Person.id.in_(list(givers)), Person.opted_out, ~held)
    receives = update(Person).where(Person.id == person_id, ~Person.opted_out)
    if session.scalar(nameless) is not None:
        session.execute(receives.values(opted_out=True))


def _merge_credit(session: Session, twin: int, credit: Credit) -> None:
    """Move the airings, billings and photos of one credit to its twin, and delete it."""
    for table, column in ((AiringCredit, AiringCredit.airing_id), (Billing, Billing.source)):
        rows = select(table).where(table.credit_id == credit.id)
        values = [{**_values(row), "credit_id": twin} for row in session.scalars(rows.order_by(column))]
        if values:
            session.execute(insert(table).on_conflict_do_nothing(), values)
    session.execute(update(Photo).where(Photo.credit_id == credit.id).values(credit_id=twin))
    session.execute(update(Credit).where(Credit.id == twin, ~Credit.identified).values(identified=credit.identified))
    session.delete(credit)
    session.flush()


def _values(row: Base) -> dict[str, object]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}


def _rejustify_photos(session: Session, people: Collection[int]) -> None:
    theirs = select(Credit.id).where(Credit.person_id == Photo.person_id)
    unjustified = (Photo.person_id.in_(list(people)), Photo.credit_id.not_in(theirs.correlate(Photo)))
    other = theirs.order_by(Credit.id).limit(1).correlate(Photo).scalar_subquery()
    session.execute(delete(Photo).where(*unjustified, ~theirs.correlate(Photo).exists()))
    session.execute(update(Photo).where(*unjustified).values(credit_id=other))
