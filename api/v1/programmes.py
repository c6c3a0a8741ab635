"""`GET /v1/programmes`: which programmes can be asked about anywhere, at any time?"""

from fastapi import APIRouter

from api.problems import Kind, responses
from api.services import Running
from api.v1 import schemas, views

router = APIRouter(prefix="/v1", tags=["guide"])


@router.get("/programmes", response_model=list[schemas.ProgrammeOut], responses=responses(Kind.NOT_READY))
def list_programmes(services: Running) -> list[schemas.ProgrammeOut]:
    """The programmes that were prepared by hand, sorted by title: the values of `programme` in `/v1/identify`."""
    prepared = [views.programme(title.programme) for title in services.snapshot.prepared.values()]
    return sorted(prepared, key=lambda programme: (programme.title.casefold(), programme.id))
