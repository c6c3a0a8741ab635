"""The people of one transaction: finds whose a credit is, makes who is missing, and keeps names apart."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from db.keys import fold, richness
from db.queries import identity
from db.queries.identity import PersonRow
from db.queries.merges import merge_people, merge_was_undone
from indexer.identity.people import Ids, Known, conflicting, twins, whose
from indexer.identity.spelling import name_spelling


@dataclass(slots=True)
class Register:
    """Answers for the names, ids and programmes that it was loaded with."""

    session: Session
    at: datetime
    _people: dict[int, PersonRow] = field(default_factory=dict)
    _by_key: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    _by_id: dict[tuple[str, str], int] = field(default_factory=dict)
    _credited: defaultdict[int, dict[int, bool]] = field(default_factory=lambda: defaultdict(dict))
    _gone: dict[int, int] = field(default_factory=dict)
    """Who was merged, and into whom."""

    def load(self, names: Iterable[str], ids: Iterable[Ids], programmes: Iterable[int]) -> None:
        """Read who has one of these names or ids, and who is credited in these programmes."""
        wanted = sorted(set(programmes))
        pairs = sorted({pair for held in ids for pair in held.items()})
        for person in identity.matching_people(self.session, pairs, sorted({*map(fold, names)}), wanted):
            self._keep(person)
        for credit in identity.credits_in(self.session, wanted):
            self._credit(credit.programme_id, credit.person_id, sure=credit.identified)

    def person_of(self, programme_id: int, names: Sequence[str], ids: Ids, *, sole: bool = True) -> int:
        """Whose a credit in the programme is, given all names (the main one first) and ids of theirs; made if need be.

        Credits that others of the name have there by the name alone become the person's, once an id says who it is.
        Not `sole`: several people of this name are in the programme, so that the name says nothing.
        """
        holders = self._joined(self._holders(ids))
        namesakes = self._namesakes(programme_id, names) if sole else []
        person_id = whose(ids, holders, [it for it in namesakes if not (ids and self._people[it.id].is_name_only)])
        if person_id is None:
            person_id = identity.create_person(self.session, names[0])
            self._keep(PersonRow(person_id, (names[0],), {}))
        self._learn(person_id, ids, names)
        self._credit(programme_id, person_id, sure=bool(ids))
        if ids and sole:
            self._claim(person_id, programme_id, [known for known in namesakes if known.credited and not known.sure])
            person = self._people[person_id]
            for twin in twins(Known(person.id, person.ids), namesakes):
                person_id = self._merge(
                    self._people[twin], self._people[person_id], "two sources name them in one cast"
                )
        return person_id

    def _claim(self, person_id: int, programme_id: int, namesakes: Iterable[Known]) -> None:
        mistaken = {known.id for known in namesakes} - {person_id}
        credits = identity.credits_in(self.session, [programme_id]) if mistaken else ()
        if theirs := [credit.id for credit in credits if credit.person_id in mistaken and not credit.identified]:
            identity.reassign_credits(self.session, theirs, person_id)
            for giver in mistaken:
                self._credited[programme_id].pop(giver, None)
            elsewhere = {
                person for credited in self._credited.values() for person in credited
            }  # perhaps not stored yet
            for nobody in identity.delete_uncredited(self.session, mistaken - elsewhere):
                self._drop(nobody)

    def standing(self, person_id: int) -> int:
        """Who a person is now that others were looked at: somebody else, if they were merged."""
        while person_id in self._gone:
            person_id = self._gone[person_id]
        return person_id

    def learn(self, person_id: int, ids: Ids, names: Sequence[str]) -> None:
        """Add what a source says of a person who was loaded; whoever else has one of the ids is them."""
        holders = self._holders({**self._people[person_id].ids, **ids})
        self._joined([holder for holder in holders if not conflicting(holder.ids, ids)])
        if person_id in self._people:
            self._learn(person_id, ids, names)

    def settle(self, names: Iterable[str]) -> None:
        """Make each name mean one person, or nobody.

        With one person of a name, all credits by that name are theirs. With several, credits by the name alone belong
        to somebody of whom nothing else is known: we abstain.
        """
        keys = sorted({fold(name) for name in names})
        everybody = identity.matching_people(self.session, (), keys)
        for key in keys:
            people = [person for person in everybody if key in map(fold, person.names) and person.id not in self._gone]
            identified = [person for person in people if person.ids]
            nameless = [person for person in people if not person.ids and fold(person.names[0]) == key]
            if len(identified) == 1 and nameless and not nameless[0].is_name_only:
                self._merge(identified[0], nameless[0], f"the only person called {nameless[0].names[0]}")
            elif len(identified) > 1:
                self._abstain([person for person in identified if fold(person.names[0]) == key], nameless)

    def _abstain(self, identified: list[PersonRow], nameless: list[PersonRow]) -> None:
        unsure = identity.credits_by_name(self.session, [person.id for person in identified])
        if not unsure:
            return
        if nameless:
            owner = nameless[0].id
        else:
            name = max((person.names[0] for person in identified), key=richness)
            owner = identity.create_person(self.session, name)
        identity.reassign_credits(self.session, [credit.id for credit in unsure], owner)

    def _holders(self, ids: Ids) -> list[PersonRow]:
        found = sorted({self._by_id[pair] for pair in ids.items() if pair in self._by_id})
        return [self._people[person_id] for person_id in found]

    def _joined(self, holders: list[PersonRow]) -> list[Known]:
        """The holders of ids that a source says are one person's, made one where nothing speaks against it."""
        for other in holders[1:]:
            self._merge(self._people[holders[0].id], other, "one source gives ids of both")
        return [Known(holder.id, holder.ids) for holder in holders if holder.id in self._people]

    def _namesakes(self, programme_id: int, names: Sequence[str]) -> list[Known]:
        credited = self._credited[programme_id]
        spellings = set(map(name_spelling, names))
        here = {key for key in credited if not spellings.isdisjoint(map(name_spelling, self._people[key].names))}
        called = set().union(*(self._by_key[fold(name)] for name in names))
        people = (self._people[key] for key in sorted(called | here))
        return [
            Known(person.id, person.ids, person.id in credited, credited.get(person.id, False)) for person in people
        ]

    def _learn(self, person_id: int, ids: Ids, names: Iterable[str]) -> None:
        person = self._people[person_id]
        known = {fold(name) for name in person.names}
        if new := [name for name in dict.fromkeys(names) if fold(name) not in known]:
            identity.add_names(self.session, person_id, new)
        gained = {
            system: value
            for system, value in ids.items()
            if system not in person.ids and (system, value) not in self._by_id
        }
        if gained:
            identity.add_person_ids(self.session, person_id, gained)
        if new or gained:
            self._keep(person._replace(names=(*person.names, *new), ids={**person.ids, **gained}))

    def _merge(self, kept: PersonRow, gone: PersonRow, reason: str) -> int:
        """Make one of two, unless something speaks against it: who the first is then."""
        if conflicting(kept.ids, gone.ids) or merge_was_undone(self.session, kept.id, gone.id):
            return gone.id
        merge_people(self.session, kept.id, gone.id, reason=reason, at=self.at)
        self._drop(gone.id)
        self._gone[gone.id] = kept.id
        for credited in self._credited.values():
            if gone.id in credited:
                sure = credited.pop(gone.id)
                credited[kept.id] = credited.get(kept.id, False) or sure
        names = tuple(dict.fromkeys((*kept.names, *gone.names)))
        out = kept.opted_out or gone.opted_out
        self._keep(PersonRow(kept.id, names, {**gone.ids, **kept.ids}, out))
        return kept.id

    def _drop(self, person_id: int) -> None:
        self._people.pop(person_id, None)
        for people in self._by_key.values():
            people.discard(person_id)

    def _keep(self, person: PersonRow) -> None:
        self._people[person.id] = person
        for name in person.names:
            self._by_key[fold(name)].add(person.id)
        for pair in person.ids.items():
            self._by_id[pair] = person.id

    def _credit(self, programme_id: int, person_id: int, *, sure: bool) -> None:
        credited = self._credited[programme_id]
        credited[person_id] = credited.get(person_id, False) or sure
