"""`GET /v1/programmes`: what can be asked about wherever and whenever?"""

from fastapi import APIRouter

from api.problems import Kind, responses
from api.services import Running
from api.v1 import schemas, views

router = APIRouter(prefix="/v1", tags=["guide"])


@router.get("/programmes", response_model=list[schemas.ProgrammeOut], responses=responses(Kind.NOT_READY))
def list_programmes(services: Running) -> list[schemas.ProgrammeOut]:
    """The programmes that were prepared by hand, by title: what `programme` of `/v1/identify` takes."""
    prepared = [views.programme(title.programme) for title in services.snapshot.prepared.values()]
    return sorted(prepared, key=lambda programme: (programme.title.casefold(), programme.id))
