"""The rules that match a credit to a person, as pure functions: the same name need not be the same person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Ids = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A stored person who has one of a credit's ids or names. Without `ids`, only the name is known of them.

    `credited`: they are in the cast of the credit's programme already. `credited_by_id`: an id put them there.
    """

    id: int
    ids: Ids
    credited: bool = False
    credited_by_id: bool = False


def choose_person(ids: Ids, holders: Sequence[KnownPerson], namesakes: Sequence[KnownPerson]) -> int | None:
    """The person a credit belongs to; None when it is none of those given, so that a new person is needed.

    `holders` have one of the credit's `ids`, `namesakes` have its name. An id decides. Without one, a namesake in the
    same programme is chosen; else the only person of that name; and where several people have the name, the one of whom
    only the name is known.
    """
    if holders:
        return holders[0].id
    return _by_overlap(ids, namesakes) if ids else _by_name(namesakes)


def duplicates_of(person: KnownPerson, namesakes: Sequence[KnownPerson]) -> list[int]:
    """The ids of people who are `person` under the ids of other sources: of the same name, credited in the same cast.

    Empty where several could be.
    """
    here = [known for known in namesakes if known.credited_by_id and known.id != person.id]
    possible = [known.id for known in here if known.ids and not ids_conflict(known.ids, person.ids)]
    return possible if len(here) == 1 else []


def ids_conflict(one: Ids, other: Ids) -> bool:
    """Whether both have an id of the same system, with different values."""
    return any(other.get(system, value) != value for system, value in one.items())


def _by_overlap(ids: Ids, namesakes: Sequence[KnownPerson]) -> int | None:
    """A namesake known by other ids counts only if an id put them in the cast; a name alone may have been mistaken."""
    identified = [known for known in namesakes if known.ids]
    here = [known for known in identified if known.credited_by_id and not ids_conflict(known.ids, ids)]
    if len(here) == 1:
        return here[0].id
    return None if identified else next((known.id for known in namesakes), None)


def _by_name(namesakes: Sequence[KnownPerson]) -> int | None:
    for here in (
        [known for known in namesakes if known.credited_by_id],
        [known for known in namesakes if known.credited],
    ):
        if len(here) == 1:
            return here[0].id
    if len(namesakes) == 1:
        return namesakes[0].id
    return next((known.id for known in namesakes if not known.ids), None)
