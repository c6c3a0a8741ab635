"""People: who is known, by which photos, and which entries were merged."""

from typing import Annotated, Any

from fastapi import Query, Response
from pydantic import BaseModel

from api.galleries.reference_photos import photo_response
from api.ops.ranges import Id
from api.ops.sections import Section
from api.ops.services import Reading, Running
from api.problems import Kind, Problem
from db.queries.external_ids import person_external_ids
from db.queries.ops.people import (
    FoundPerson,
    MergeRow,
    PersonCredit,
    PersonDetail,
    PersonPhoto,
    aliases_of_person,
    credits_of_person,
    held_photo,
    merges,
    opted_out,
    person_detail,
    photos_of_person,
    search_people,
)

section = Section("people", "People")

MAX_FOUND = 50
MAX_MERGES = 30
MAX_CREDITS = 200
MIN_CHARACTERS = 2
"""The shortest search: with fewer characters, nearly every name matches."""

LINKS = {
    "imdb": "https://www.imdb.com/name/{}/",
    "tmdb": "https://www.themoviedb.org/person/{}",
    "tvmaze": "https://www.tvmaze.com/people/{}",
    "wikidata": "https://www.wikidata.org/wiki/{}",
    "allocine": "https://www.allocine.fr/personne/fichepersonne_gen_cpersonne={}.html",
}
"""The page of a person in each database, by which an id can be checked."""


class People(BaseModel):
    """The people found by a search, the last merges, and the people who opted out."""

    q: str
    found: list[FoundPerson]
    more: bool
    """Whether more people were found than are listed."""
    merges: list[MergeRow]
    opted_out: list[PersonDetail]


class Person(BaseModel):
    """A person, with everything that is known and stored about them."""

    id: int
    name: str
    aliases: list[str]
    ids: dict[str, str]
    links: dict[str, str]
    latest_credit: dict[str, Any] | None
    opted_out: bool
    photos: list[PersonPhoto]
    credits: list[PersonCredit]
    more_credits: bool
    merges: list[MergeRow]


@section.page("people.html")
def figures(session: Reading, q: Annotated[str, Query(max_length=100)] = "") -> People:
    """Search people by name."""
    q = q.strip()
    found = search_people(session, q, most=MAX_FOUND + 1) if len(q) >= MIN_CHARACTERS else []
    return People(
        q=q,
        found=list(found[:MAX_FOUND]),
        more=len(found) > MAX_FOUND,
        merges=list(merges(session, most=MAX_MERGES)),
        opted_out=list(opted_out(session, most=MAX_FOUND)),
    )


@section.page("person.html", "/{person_id}")
def person(session: Reading, person_id: Id) -> Person:
    """One person: photos, credits, ids and merges."""
    found = person_detail(session, person_id)
    if found is None:
        said = f"Nobody has the id {person_id}; the person may have been merged into another one"
        raise Problem(Kind.UNKNOWN_PERSON, said, advice="Search for the name at `/ops/people`.")
    ids = person_external_ids(session, [person_id]).get(person_id, {})
    credits = list(credits_of_person(session, person_id, most=MAX_CREDITS + 1))
    return Person(
        id=found.id,
        name=found.name,
        aliases=list(aliases_of_person(session, person_id)),
        ids=ids,
        links={system: LINKS[system].format(value) for system, value in ids.items() if system in LINKS},
        latest_credit=found.latest_credit,
        opted_out=found.opted_out,
        photos=list(photos_of_person(session, person_id)),
        credits=credits[:MAX_CREDITS],
        more_credits=len(credits) > MAX_CREDITS,
        merges=list(merges(session, person_id=person_id, most=MAX_MERGES)),
    )


@section.router.get("/photos/{photo_id}", response_class=Response)
def photo(session: Reading, ops: Running, photo_id: Id) -> Response:
    """A stored photo; none of a person who opted out."""
    held = held_photo(session, photo_id)
    if held is None:
        raise Problem(Kind.UNKNOWN_PHOTO, f"No photo {photo_id} is stored")
    return photo_response(ops.storage, held.object_key, held.sha256)
