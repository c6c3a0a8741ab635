"""`DELETE /v1/contributions/{id}`: withdraw a contribution."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.problems import Kind, Problem, responses
from api.services import Running

router = APIRouter(prefix="/v1", tags=["identify"])
SECRET = HTTPBearer(scheme_name="secret", description="The `secret` in `kept` of the answer.", auto_error=False)


@router.delete(
    "/contributions/{contribution_id}",
    status_code=204,
    responses=responses(Kind.UNKNOWN_CONTRIBUTION, Kind.INVALID_REQUEST, Kind.NOT_READY),
)
def take_back(
    contribution_id: str, services: Running, secret: Annotated[HTTPAuthorizationCredentials | None, Depends(SECRET)]
) -> None:
    """Delete, at once and for good, the pictures of a question that were kept with their sender's permission."""
    if secret is None or not services.keeping.run(
        lambda: services.contributions.withdraw(contribution_id, secret.credentials)
    ):
        raise Problem(Kind.UNKNOWN_CONTRIBUTION, "Nothing is kept under that id and secret")
