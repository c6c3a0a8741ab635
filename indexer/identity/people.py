"""Whose a credit is: the same name is not the same person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Ids = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """A person who has one of a credit's ids or names; without `ids`, only a name that credits share.

    `credited` says whether they are in the credit's programme already, and `sure` whether an id said so there.
    """

    id: int
    ids: Ids
    credited: bool = False
    sure: bool = False


def whose(ids: Ids, holders: Sequence[Known], namesakes: Sequence[Known]) -> int | None:
    """The person of a credit, out of those with one of its `ids` and those of its name; None: somebody not yet known.

    An id says who it is. Without one, somebody of that name in the same programme is it; else the only person of that
    name; and where several people have it, the one of whom nothing but the name is known.
    """
    if holders:
        return holders[0].id
    return _by_overlap(ids, namesakes) if ids else _by_name(namesakes)


def twins(person: Known, namesakes: Sequence[Known]) -> list[int]:
    """Those who are the person known by other ids: of the same name and, as other sources say, in the same programme.

    None, where several could be.
    """
    here = [known for known in namesakes if known.sure and known.id != person.id]
    possible = [known.id for known in here if known.ids and not conflicting(known.ids, person.ids)]
    return possible if len(here) == 1 else []


def conflicting(one: Ids, other: Ids) -> bool:
    """Whether both have an id of one system, and not the same."""
    return any(other.get(system, value) != value for system, value in one.items())


def _by_overlap(ids: Ids, namesakes: Sequence[Known]) -> int | None:
    """Somebody with other ids must be known, by id, to be in the programme: their name alone put them there before."""
    identified = [known for known in namesakes if known.ids]
    here = [known for known in identified if known.sure and not conflicting(known.ids, ids)]
    if len(here) == 1:
        return here[0].id
    return None if identified else next((known.id for known in namesakes), None)


def _by_name(namesakes: Sequence[Known]) -> int | None:
    for here in ([known for known in namesakes if known.sure], [known for known in namesakes if known.credited]):
        if len(here) == 1:
            return here[0].id
    if len(namesakes) == 1:
        return namesakes[0].id
    return next((known.id for known in namesakes if not known.ids), None)
