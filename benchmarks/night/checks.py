"""Checks: compares what a night stored with the ground truth of the world and the guide."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

from benchmarks.night.guides import ZONE, airings_of, read_reference
from benchmarks.night.pictures import Picture, free_picture_of, portrait_of, profiles_of, still_of
from benchmarks.night.responses import past_film, past_show
from benchmarks.night.sandbox import Sandbox
from benchmarks.night.world import Human, Part, Work, WorkCoverage
from db.keys import fold
from indexer.identity.spelling import name_spelling
from indexer.sources.records import AiringRecord
from indexer.window import day_window

BILLED = 20
"""How many of a cast are stored even if the listing does not name them."""
MAX_PHOTOS = 10
"""How many photos of a person are stored at most."""

_ON = """
    FROM airing_credit JOIN airing ON airing.id = airing_id JOIN credit ON credit.id = credit_id
    JOIN channel ON channel.id = airing.channel_id WHERE during && tstzrange(:start, :stop)
"""


@dataclass(slots=True)
class Check:
    """How many comparisons were made, and descriptions of those that failed."""

    compared: int = 0
    wrong: list[str] = field(default_factory=list)

    def expect(self, true: object, otherwise: str) -> None:
        """Count a comparison, and record `otherwise` when it failed."""
        self.compared += 1
        if not true:
            self.wrong.append(otherwise)


class Checker:
    """Checks everything that the night of a day has stored."""

    def __init__(self, sandbox: Sandbox, day: date) -> None:
        self._sandbox, self._guide = sandbox, sandbox.replicas.guides[f"/{day:%Y%m%d}.xml"]
        self._day, self._window = day, day_window(day, 1, ZONE)
        self._span = {"start": self._window.start, "stop": self._window.stop}
        self._human = {pair: human for human in sandbox.world.people for pair in human.ids.items()}
        self._ids: dict[int, dict[str, str]] = {}
        for person_id, system, value in sandbox.rows("SELECT person_id, system, value FROM person_id"):
            self._ids.setdefault(person_id, {})[system] = value

    def everything(self) -> dict[str, Check]:
        """All checks, by what they compare. The names are those in the tables."""
        return {
            "airings": self.airings(),
            "credits in the listing": self.listed_credits(),
            "parts that a source knows": self.parts(),
            "people, each one human": self.identities(),
            "people's photos": self.photos(),
            "people's latest credits": self.careers(),
        }

    def airings(self) -> Check:
        """The channel, times and title of every airing. One may be split by another that starts in between."""
        check = Check()
        expected, channels = read_reference(BytesIO(self._guide), self._day)
        rows = self._sandbox.rows("""
            SELECT slug, lower(during), upper(during), title_key FROM airing JOIN channel ON channel.id = channel_id
            JOIN programme ON programme.id = programme_id WHERE during && tstzrange(:start, :stop)
        """, **self._span)  # fmt: skip
        found = {(channel, start): (stop, title) for channel, start, stop, title in rows}
        lineup = {slug for (slug,) in self._sandbox.rows("SELECT slug FROM channel JOIN lineup ON channel_id = id")}
        check.expect(channels <= lineup, f"channels missing: {channels - lineup}")
        for key, listed in expected.items():
            stop, title = found.get(key, (None, None))
            is_cut = stop is not None and stop < listed.stop and (key[0], stop) in found
            check.expect(title == fold(listed.title) and (stop == listed.stop or is_cut), f"{key}: {listed} is {stop}")
        titles = {(channel, fold(listed.title)) for (channel, _), listed in expected.items()}
        for key in found.keys() - expected.keys():
            check.expect((key[0], found[key][1]) in titles, f"{key}: nobody lists {found[key]}")
        return check

    def listed_credits(self) -> Check:
        """Everyone named by the listing is credited in that airing, with name, job and role."""
        check = Check()
        names = defaultdict(set)
        for person_id, key in self._sandbox.rows(
            "SELECT id, name_key FROM person UNION SELECT person_id, name_key FROM person_alias"
        ):
            names[person_id].add(key)
        stored: dict[tuple[str, datetime], set[tuple[str, str, str | None]]] = defaultdict(set)
        for channel, start, person_id, job, role in self._credits():
            for name in names[person_id]:
                stored[channel, start] |= {(name, job, role), (name, job, None)}
        for key, listed in read_reference(BytesIO(self._guide), self._day)[0].items():
            for name, job, role in listed.credits:
                check.expect((fold(name), job, role) in stored[key], f"{key}: {name}, {job}, {role}")
        return check

    def parts(self) -> Check:
        """Everyone whom a source lists for a programme is credited by id, with the right role.

        The first `BILLED` of a cast are in each airing, people further down in those whose listing names them.
        """
        check = Check()
        stored: dict[tuple[int, str, str], dict[int, set[str | None]]] = defaultdict(lambda: defaultdict(set))
        airings: dict[int, set[int]] = defaultdict(set)
        for airing_id, programme_id, person_id, role in self._sandbox.rows(
            f"SELECT airing.id, airing.programme_id, person_id, role {_ON}", **self._span
        ):
            airings[programme_id].add(airing_id)
            for pair in self._ids.get(person_id, {}).items():
                stored[programme_id, *pair][airing_id].add(role)
        for programme_id, work, listed, roles in self._programmes():
            for source in ("tmdb", "tvmaze"):
                for part, in_all in self._expected(work, source, listed):
                    value = part.human.ids[source]
                    known = stored.get((programme_id, source, value), {})
                    right = {part.role} | roles.get(fold(part.human.name), set())
                    for airing_id in airings[programme_id] if in_all else list(known)[:1] or [0]:
                        check.expect(known.get(airing_id, set()) & right, f"{source}, {work.title}: {part} in {known}")
        return check

    def identities(self) -> Check:
        """No person has the ids of two humans, or the name of another human."""
        check = Check()
        names = dict(self._sandbox.rows("SELECT id, name_key FROM person"))
        for person_id, ids in self._ids.items():
            humans = {self._human[pair] for pair in ids.items()}
            check.expect(len(humans) == 1, f"person {person_id} is {humans}")
            check.expect(names[person_id] in {fold(human.name) for human in humans}, f"{names[person_id]} is {humans}")
        return check

    def split(self) -> list[Human]:
        """Humans who are two people on screen, each with an id of one source, because no source links the two ids."""
        times: dict[int, set[int]] = defaultdict(set)
        for person_id in self.on_screen():
            for pair in self._ids.get(person_id, {}).items():
                times[self._human[pair].number].add(person_id)
        return [self._sandbox.world.people[number] for number, people in times.items() if len(people) > 1]

    def photos(self) -> Check:
        """All available pictures of people on screen are stored, up to `MAX_PHOTOS` a person, with their terms."""
        check = Check()
        held: dict[int, dict[str, Any]] = defaultdict(dict)
        columns = "source, kind, licence, credit_line, keep_for, of, gathered_at, expires_at"
        for person_id, origin, *facts in self._sandbox.rows(
            f"SELECT person_id, origin, {columns} FROM photo WHERE sha256 IS NOT NULL"
        ):
            held[person_id][origin] = facts
        stills = self._stills()
        for person_id in self.on_screen():
            available = {
                self._sandbox.replicas.url(picture.host) + picture.path: picture
                for picture in self._offered(person_id, stills)
                if picture.is_available
            }
            theirs = held[person_id]
            enough = len(theirs) == min(len(available), MAX_PHOTOS) and theirs.keys() <= available.keys()
            check.expect(enough, f"{self._ids.get(person_id)}: {sorted(theirs)} of {sorted(available)}")
            for origin in theirs.keys() & available.keys():
                check.expect(_has_terms(available[origin], theirs[origin]), f"{origin}: {theirs[origin]}")
        return check

    def careers(self) -> Check:
        """Everyone with an id has the latest credit that the first source with that id gives."""
        check = Check()
        titles = self._sandbox.rows("SELECT id, latest_credit->>'title' FROM person")
        on_screen = self.on_screen()
        for person_id, title in titles:
            for pair in sorted(self._ids.get(person_id, {}).items()) if person_id in on_screen else ():
                human = self._human[pair]
                right = past_film(human) if "tmdb" in self._ids[person_id] else past_show(human)
                check.expect(title == right, f"{human}: {title}")
        return check

    def on_screen(self) -> set[int]:
        """The ids of all people on screen that day."""
        seen = "SELECT DISTINCT person_id " + _ON + " AND job IN ('actor', 'guest', 'presenter')"
        return {person_id for (person_id,) in self._sandbox.rows(seen, **self._span)}

    def may_be_asked_about(self) -> set[int]:
        """The numbers of the humans on screen that day: sources may be asked about them."""
        return {self._human[pair].number for key in self.on_screen() for pair in self._ids.get(key, {}).items()}

    def _credits(self) -> list[tuple[Any, ...]]:
        return self._sandbox.rows(f"SELECT slug, lower(during), person_id, job, role {_ON}", **self._span)

    def _programmes(self) -> Iterator[tuple[int, Work, set[str], Mapping[str, set[str | None]]]]:
        """Each programme on air: id, work, the names in its listings, and the roles of each name."""
        airings: dict[tuple[str, str, int | None], list[AiringRecord]] = defaultdict(list)
        for airing in airings_of([self._guide], self._window):
            airings[fold(airing.title), airing.kind, airing.year].append(airing)
        on = self._sandbox.rows("""
            SELECT DISTINCT programme.id, title, title_key, kind, year FROM programme
            JOIN airing ON programme_id = programme.id WHERE during && tstzrange(:start, :stop)
        """, **self._span)  # fmt: skip
        for programme_id, title, title_key, kind, year in on:
            work = self._sandbox.world.meant_by(title, kind, year)
            roles: dict[str, set[str | None]] = defaultdict(set)
            for airing in airings[title_key, kind, year]:
                if self._window.overlaps(airing.start, airing.stop or airing.start + timedelta(minutes=1)):
                    for credit in airing.credits:
                        if credit.job in ("actor", "guest", "presenter"):
                            roles[fold(credit.name)].add(credit.role)
            if work is not None and (roles or kind != "other"):
                yield programme_id, work, set(roles), roles

    def _expected(self, work: Work, source: str, listed: set[str]) -> Sequence[tuple[Part, bool]]:
        """The parts to be stored from the source, and whether in all airings; none where the work cannot be matched."""
        cast = work.cast_at(source)
        if not listed and (work.kind != "series" or work.coverage is WorkCoverage.TWIN):
            return ()
        asked_before = work.cast_at("tmdb") if source == "tvmaze" else []
        known = set(map(name_spelling, listed or {part.human.name for part in asked_before}))
        can_be_matched = not known or any(name_spelling(part.human.name) in known for part in cast)
        if not can_be_matched:
            return ()
        return [
            (part, place < BILLED)
            for place, part in enumerate(cast)
            if place < BILLED or fold(part.human.name) in listed
        ]

    def _stills(self) -> Mapping[int, list[Picture]]:
        """The stills that TVmaze offered, by person: those in the casts that were stored."""
        stills: dict[int, list[Picture]] = defaultdict(list)
        billed = self._sandbox.rows("""
            SELECT DISTINCT credit.person_id, title, kind, year FROM billing JOIN credit ON credit.id = credit_id
            JOIN programme ON programme.id = programme_id WHERE billing.source = 'tvmaze'
        """)
        for person_id, title, kind, year in billed:
            work = self._sandbox.world.meant_by(title, kind, year)
            human = self._human[next(iter(self._ids[person_id].items()))]
            if work is not None and (still := still_of(human, work)):
                stills[person_id].append(still)
        return stills

    def _offered(self, person_id: int, stills: Mapping[int, list[Picture]]) -> list[Picture]:
        ids = self._ids.get(person_id, {})
        if not ids:
            return []
        human = self._human[next(iter(ids.items()))]
        profiles = profiles_of(human) if "tmdb" in ids and human.coverage.pictures != "gone at tmdb" else []
        others = [portrait_of(human) if "tvmaze" in ids else None, free_picture_of(human)]
        return [*profiles, *(picture for picture in others if picture), *stills.get(person_id, ())]


def _has_terms(picture: Picture, facts: Sequence[Any]) -> bool:
    *noted, gathered_at, expires_at = facts
    expires = picture.keep_for and gathered_at + picture.keep_for
    wanted = [picture.source, picture.kind, picture.licence, picture.credit, picture.keep_for, picture.of]
    return noted == wanted and expires_at == expires
