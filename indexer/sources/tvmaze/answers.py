"""Parses the answers of the TVmaze API (https://www.tvmaze.com/api). It knows series only. Licence: CC BY-SA."""

from datetime import date

from pydantic import Field, TypeAdapter

from indexer.sources.ids import present
from indexer.sources.json_answers import Day, Entries, Number, Shape, Text, read_json
from indexer.sources.protocols import CastRecord, PastCredit, PersonRecord, PhotoKind, PhotoRecord, ProgrammeRecord
from indexer.sources.records import Kind, LatestCreditRecord

LICENCE = "CC BY-SA"
CREDIT = "TVmaze"

_KINDS: dict[str, Kind] = {"Scripted": "series", "Animation": "series"}


class Network(Shape):
    """A channel, or a streaming service."""

    id: Number | None = None
    name: Text = None


class _Externals(Shape):
    imdb: Text = None


class Show(Shape):
    """A programme."""

    id: Number
    name: Text
    type: Text = None
    url: Text = None
    status: Text = None
    premiered: Day = None
    ended: Day = None
    runtime_minutes: Number | None = Field(None, alias="runtime")
    average_runtime_minutes: Number | None = Field(None, alias="averageRuntime")
    network: Network | None = None
    web_channel: Network | None = Field(None, alias="webChannel")
    externals: _Externals | None = None

    @property
    def kind(self) -> Kind:
        """`series` for fiction; `other` for entertainment, reports and news."""
        return _KINDS.get(self.type or "", "other")

    @property
    def ids(self) -> dict[str, str]:
        """Its ids at TVmaze and IMDb."""
        return present(tvmaze=f"shows/{self.id}", imdb=self.externals.imdb if self.externals else None)


class _Image(Shape):
    original: Text = None
    medium: Text = None


class _Person(Shape):
    id: Number
    name: Text
    image: _Image | None = None


class _Character(Shape):
    name: Text = None
    image: _Image | None = None


class _CastMember(Shape):
    person: _Person
    character: _Character = _Character()
    as_self: bool = Field(False, alias="self")
    voice: bool = False


class _Found(Shape):
    show: Show


class _Aka(Shape):
    name: Text


class _Episode(Shape):
    id: Number


class _CreditedShow(Shape):
    show: Show


class _CreditedCharacter(Shape):
    name: Text = None


class _CreditLinks(Shape):
    character: _CreditedCharacter | None = None


class _PastPart(Shape):
    embedded: _CreditedShow = Field(alias="_embedded")
    links: _CreditLinks | None = Field(None, alias="_links")
    voice: bool = False


_FOUND = TypeAdapter(Entries[_Found])
_SHOW = TypeAdapter(Show)
_AKAS = TypeAdapter(Entries[_Aka])
_CAST = TypeAdapter(Entries[_CastMember])
_EPISODE = TypeAdapter(_Episode)
_PERSON = TypeAdapter(_Person)
_PAST_PARTS = TypeAdapter(Entries[_PastPart])


def parse_search(content: bytes) -> list[ProgrammeRecord]:
    """`/search/shows`: the programmes found, best first."""
    return [_programme(found.show) for found in read_json(_FOUND, content, "TVmaze search") if found.show.name]


def parse_show(content: bytes) -> ProgrammeRecord:
    """`/shows/:id`, `/singlesearch/shows` or `/lookup/shows`: one programme."""
    return _programme(read_json(_SHOW, content, "TVmaze show"))


def parse_akas(content: bytes) -> tuple[str, ...]:
    """`/shows/:id/akas`: the programme's titles in other countries."""
    return tuple(aka.name for aka in read_json(_AKAS, content, "TVmaze list of titles") if aka.name)


def parse_episode(content: bytes) -> str:
    """`/shows/:id/episodebynumber`: the episode's number in the addresses of the API."""
    return str(read_json(_EPISODE, content, "TVmaze episode").id)


def parse_cast(content: bytes, *, title: str | None, guests: bool = False) -> list[CastRecord]:
    """`/shows/:id/cast` or `/episodes/:id/guestcast`, without voice-only parts.

    Of each person's photos, the portrait comes first, then a still of their character in the programme `title`.
    """
    members = [member for member in read_json(_CAST, content, "TVmaze cast") if not member.voice]
    records = [_cast_record(member, position, title, guests) for position, member in enumerate(members)]
    return [record for record in records if record.name]


def parse_person(content: bytes) -> PersonRecord:
    """`/people/:id`: the person with their portrait."""
    person = read_json(_PERSON, content, "TVmaze person")
    names = (person.name,) if person.name else ()
    return PersonRecord(names, {"tvmaze": f"people/{person.id}"}, _photos(person.image, "portrait"))


def parse_past_credits(content: bytes, *, asked_on: date) -> list[PastCredit]:
    """`/people/:id/castcredits?embed=show`, newest first, without voice-only parts.

    TVmaze dates programmes, not parts. A credit is dated by the last day on which the programme can have been on: its
    end, or `asked_on` while it is running, or its premiere when the end is unknown. Undated credits are left out.
    """
    parts = [part for part in read_json(_PAST_PARTS, content, "TVmaze list of credits") if not part.voice]
    credits = [credit for part in parts if (credit := _past_credit(part, asked_on))]
    return sorted(credits, key=lambda credit: credit.dated, reverse=True)


def _programme(show: Show) -> ProgrammeRecord:
    titles = (show.name,) if show.name else ()
    return ProgrammeRecord(titles, show.kind, show.premiered.year if show.premiered else None, show.ids, url=show.url)


def _cast_record(member: _CastMember, position: int, title: str | None, guests: bool) -> CastRecord:
    name, role = member.person.name or "", member.character.name
    job = "actor"
    if member.as_self:
        job = "guest" if guests else "presenter"
    photos = _photos(member.person.image, "portrait") + _photos(member.character.image, "still", of=title)
    ids = {"tvmaze": f"people/{member.person.id}"}
    return CastRecord(name, job, None if role == name else role, position, ids, photos)


def _photos(image: _Image | None, kind: PhotoKind, of: str | None = None) -> tuple[PhotoRecord, ...]:
    url = image and (image.original or image.medium)
    return (PhotoRecord(url, kind, LICENCE, CREDIT, of=of),) if url else ()


def _past_credit(part: _PastPart, asked_on: date) -> PastCredit | None:
    show, dated = part.embedded.show, _last_day(part.embedded.show, asked_on)
    if dated is None or show.name is None:
        return None
    year = show.premiered.year if show.premiered else None
    role = part.links.character.name if part.links and part.links.character else None
    return PastCredit(LatestCreditRecord(show.name, year, role), dated, show.ids)


def _last_day(show: Show, asked_on: date) -> date | None:
    if show.ended or show.premiered is None:
        return show.ended
    return max(show.premiered, asked_on) if show.status == "Running" else show.premiered
