"""People: who is known, by which photos, and whom they were taken for."""

from typing import Annotated, Any

from fastapi import Query, Response
from pydantic import BaseModel

from api.galleries.photos import photo_response
from api.ops.pages import Section
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

MOST_FOUND = 50
MOST_MERGES = 30
MOST_CREDITS = 200
SHORTEST = 2
"""Characters to search for: with fewer, nearly everybody is found."""

LINKS = {
    "imdb": "https://www.imdb.com/name/{}/",
    "tmdb": "https://www.themoviedb.org/person/{}",
    "tvmaze": "https://www.tvmaze.com/people/{}",
    "wikidata": "https://www.wikidata.org/wiki/{}",
    "allocine": "https://www.allocine.fr/personne/fichepersonne_gen_cpersonne={}.html",
}
"""Where an id leads, for whoever wants to check it."""


class People(BaseModel):
    """Those whose name has been searched for; besides, the last merges and who opted out."""

    q: str
    found: list[FoundPerson]
    more: bool
    """Whether more were found than are told."""
    merges: list[MergeRow]
    opted_out: list[PersonDetail]


class Person(BaseModel):
    """Subject, with all that is known and kept of them."""

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


@section.shows("people.html")
def figures(session: Reading, q: Annotated[str, Query(max_length=100)] = "") -> People:
    """Search by name."""
    q = q.strip()
    found = search_people(session, q, most=MOST_FOUND + 1) if len(q) >= SHORTEST else []
    return People(
        q=q,
        found=list(found[:MOST_FOUND]),
        more=len(found) > MOST_FOUND,
        merges=list(merges(session, most=MOST_MERGES)),
        opted_out=list(opted_out(session, most=MOST_FOUND)),
    )


@section.shows("person.html", "/{person_id}")
def person(session: Reading, person_id: int) -> Person:
    """Subject: photos kept and refused, credits, ids, merges."""
    found = person_detail(session, person_id)
    if found is None:
        said = f"Nobody has the id {person_id}; they may have been merged into another"
        raise Problem(Kind.UNKNOWN_PERSON, said, advice="Search for the name at `/ops/people`.")
    ids = person_external_ids(session, [person_id]).get(person_id, {})
    credits = list(credits_of_person(session, person_id, most=MOST_CREDITS + 1))
    return Person(
        id=found.id,
        name=found.name,
        aliases=list(aliases_of_person(session, person_id)),
        ids=ids,
        links={system: LINKS[system].format(value) for system, value in ids.items() if system in LINKS},
        latest_credit=found.latest_credit,
        opted_out=found.opted_out,
        photos=list(photos_of_person(session, person_id)),
        credits=credits[:MOST_CREDITS],
        more_credits=len(credits) > MOST_CREDITS,
        merges=list(merges(session, person_id=person_id, most=MOST_MERGES)),
    )


@section.router.get("/photos/{photo_id}", response_class=Response)
def photo(session: Reading, ops: Running, photo_id: int) -> Response:
    """A photo that is held; nothing of somebody who opted out."""
    held = held_photo(session, photo_id)
    if held is None:
        raise Problem(Kind.UNKNOWN_PHOTO, f"No photo {photo_id} is held")
    return photo_response(ops.storage, held.object_key, held.sha256)
