"""`GET /v1/people/{id}` and `GET /v1/photos/{sha256}`: the people in the loaded galleries, and their photos."""

from fastapi import APIRouter, Response

from api.galleries.reference_photos import photo_response
from api.problems import Kind, Problem, responses
from api.services import Running
from api.v1 import schemas, views

router = APIRouter(prefix="/v1", tags=["people"])


@router.get(
    "/people/{person_id}",
    response_model=schemas.PersonAnswer,
    responses=responses(Kind.UNKNOWN_PERSON, Kind.INVALID_REQUEST, Kind.NOT_READY),
)
def read_person(person_id: int, services: Running) -> schemas.PersonAnswer:
    """A person who is on: their latest credit, the airings that they are on in, and their reference photos."""
    snapshot = services.snapshot
    person = snapshot.person(person_id)
    if person is None:
        raise Problem(Kind.UNKNOWN_PERSON, f"Nobody in the loaded galleries has the id {person_id}")
    appearances = [
        views.person_appearance(region, airing, member)
        for region, airing in snapshot.airings_of(person_id)
        for member in airing.cast
        if member.person_id == person_id
    ]
    return schemas.PersonAnswer(
        id=person.id,
        name=person.name,
        latest_credit=views.latest_credit(person.latest_credit),
        photos=[views.photo(reference, None) for reference in person.references],
        appearances=sorted(appearances, key=lambda a: (a.airing.start, a.airing.channel.slug)),
    )


@router.get(
    "/photos/{sha256}",
    response_class=Response,
    responses={
        200: {"content": {"image/*": {}}},
        **responses(Kind.UNKNOWN_PHOTO, Kind.INVALID_REQUEST, Kind.NOT_READY),
    },
)
def read_photo(sha256: str, services: Running) -> Response:
    """A reference photo, as long as a loaded gallery uses it."""
    reference = services.snapshot.reference(sha256)
    if reference is None:
        raise Problem(Kind.UNKNOWN_PHOTO, "No loaded gallery uses that photo")
    return services.photo_reads.run(lambda: photo_response(services.storage, reference.object_key, reference.sha256))
