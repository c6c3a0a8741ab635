"""Entity resolution of people, within one transaction: which stored person a credit belongs to.

`PersonResolver` reads the candidates, lets the pure rules of `indexer.identity.people` decide, and writes the result:
new people, new names and ids, merges, and credits that move from one person to another.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from db.keys import fold, richness
from db.queries import identity
from db.queries.identity import PersonRow
from db.queries.merges import merge_people, merge_was_undone
from indexer.identity.people import Ids, KnownPerson, choose_person, duplicates_of, ids_conflict
from indexer.identity.spelling import name_spelling


@dataclass(slots=True)
class PersonResolver:
    """Resolves credits to people, for the names, ids and programmes that `load` has read."""

    session: Session
    at: datetime
    _people: dict[int, PersonRow] = field(default_factory=dict)
    _by_key: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    _by_id: dict[tuple[str, str], int] = field(default_factory=dict)
    _credited: defaultdict[int, dict[int, bool]] = field(default_factory=lambda: defaultdict(dict))
    """By programme, who is credited in it, and whether an id says so."""
    _merged_into: dict[int, int] = field(default_factory=dict)
    """Id of a person who was merged -> id of the person who took their place."""

    def load(self, names: Iterable[str], ids: Iterable[Ids], programmes: Iterable[int]) -> None:
        """Read who has one of these names or ids, and who is credited in these programmes."""
        wanted = sorted(set(programmes))
        pairs = sorted({pair for held in ids for pair in held.items()})
        for person in identity.matching_people(self.session, pairs, sorted({*map(fold, names)}), wanted):
            self._index(person)
        for credit in identity.credits_in(self.session, wanted):
            self._credit(credit.programme_id, credit.person_id, credited_by_id=credit.identified)

    def resolve(self, programme_id: int, names: Sequence[str], ids: Ids, *, sole: bool = True) -> int:
        """The id of the person behind a credit in the programme; a new person is made where no stored one fits.

        `names` are all names of the credited person, the main one first; `ids` are their ids at the sources. Without
        `sole`, several people of this name are in the cast, so that the name identifies nobody.

        Once an id identifies the person, credits in the programme that namesakes hold by name alone become theirs.
        """
        holders = self._merge_holders(self._holders(ids))
        namesakes = self._namesakes(programme_id, names) if sole else []
        person_id = choose_person(
            ids, holders, [it for it in namesakes if not (ids and self._people[it.id].is_name_only)]
        )
        if person_id is None:
            person_id = identity.create_person(self.session, names[0])
            self._index(PersonRow(person_id, (names[0],), {}))
        self._learn(person_id, ids, names)
        self._credit(programme_id, person_id, credited_by_id=bool(ids))
        if ids and sole:
            self._take_over_credits(
                person_id, programme_id, [known for known in namesakes if known.credited and not known.credited_by_id]
            )
            person = self._people[person_id]
            for twin in duplicates_of(KnownPerson(person.id, person.ids), namesakes):
                person_id = self._merge(
                    self._people[twin], self._people[person_id], "two sources name them in one cast"
                )
        return person_id

    def _take_over_credits(self, person_id: int, programme_id: int, namesakes: Iterable[KnownPerson]) -> None:
        mistaken = {known.id for known in namesakes} - {person_id}
        credits = identity.credits_in(self.session, [programme_id]) if mistaken else ()
        if theirs := [credit.id for credit in credits if credit.person_id in mistaken and not credit.identified]:
            identity.reassign_credits(self.session, theirs, person_id)
            for loser in mistaken:
                self._credited[programme_id].pop(loser, None)
            # Their other credits may not be stored yet.
            credited_elsewhere = {person for credited in self._credited.values() for person in credited}
            for uncredited in identity.delete_uncredited(self.session, mistaken - credited_elsewhere):
                self._drop(uncredited)

    def current_id(self, person_id: int) -> int:
        """The person's id after the merges made since it was resolved."""
        while person_id in self._merged_into:
            person_id = self._merged_into[person_id]
        return person_id

    def learn(self, person_id: int, ids: Ids, names: Sequence[str]) -> None:
        """Add ids and names that a source gives of a loaded person, and merge others who have one of these ids."""
        holders = self._holders({**self._people[person_id].ids, **ids})
        self._merge_holders([holder for holder in holders if not ids_conflict(holder.ids, ids)])
        if person_id in self._people:
            self._learn(person_id, ids, names)

    def reconcile_names(self, names: Iterable[str]) -> None:
        """Decide, for each name, to whom the credits belong that were given by that name alone.

        Where only one identified person has the name, the credits are theirs. Where several have it, the credits go to
        a person without ids, of whom only the name is known: the resolver abstains rather than guesses.
        """
        keys = sorted({fold(name) for name in names})
        everybody = identity.matching_people(self.session, (), keys)
        for key in keys:
            people = [
                person for person in everybody if key in map(fold, person.names) and person.id not in self._merged_into
            ]
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

    def _merge_holders(self, holders: list[PersonRow]) -> list[KnownPerson]:
        """The holders of ids that a source gives to one person, merged into one where no ids conflict."""
        for other in holders[1:]:
            self._merge(self._people[holders[0].id], other, "one source gives ids of both")
        return [KnownPerson(holder.id, holder.ids) for holder in holders if holder.id in self._people]

    def _namesakes(self, programme_id: int, names: Sequence[str]) -> list[KnownPerson]:
        credited = self._credited[programme_id]
        spellings = set(map(name_spelling, names))
        here = {key for key in credited if not spellings.isdisjoint(map(name_spelling, self._people[key].names))}
        called = set().union(*(self._by_key[fold(name)] for name in names))
        people = (self._people[key] for key in sorted(called | here))
        return [
            KnownPerson(person.id, person.ids, person.id in credited, credited.get(person.id, False))
            for person in people
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
            self._index(person._replace(names=(*person.names, *new), ids={**person.ids, **gained}))

    def _merge(self, kept: PersonRow, gone: PersonRow, reason: str) -> int:
        """Merge `gone` into `kept`, unless their ids conflict or they were parted by hand: the id to go on with."""
        if ids_conflict(kept.ids, gone.ids) or merge_was_undone(self.session, kept.id, gone.id):
            return gone.id
        merge_people(self.session, kept.id, gone.id, reason=reason, at=self.at)
        self._drop(gone.id)
        self._merged_into[gone.id] = kept.id
        for credited in self._credited.values():
            if gone.id in credited:
                credited_by_id = credited.pop(gone.id)
                credited[kept.id] = credited.get(kept.id, False) or credited_by_id
        names = tuple(dict.fromkeys((*kept.names, *gone.names)))
        opted_out = kept.opted_out or gone.opted_out
        self._index(PersonRow(kept.id, names, {**gone.ids, **kept.ids}, opted_out))
        return kept.id

    def _drop(self, person_id: int) -> None:
        self._people.pop(person_id, None)
        for people in self._by_key.values():
            people.discard(person_id)

    def _index(self, person: PersonRow) -> None:
        self._people[person.id] = person
        for name in person.names:
            self._by_key[fold(name)].add(person.id)
        for pair in person.ids.items():
            self._by_id[pair] = person.id

    def _credit(self, programme_id: int, person_id: int, *, credited_by_id: bool) -> None:
        credited = self._credited[programme_id]
        credited[person_id] = credited.get(person_id, False) or credited_by_id
