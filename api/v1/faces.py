"""`POST /v1/faces`: where are the faces? It takes no place and no time, and answers no names."""

from fastapi import APIRouter, Request, Response

from api.identify.analyse import look_at, server_timing
from api.identify.upload import PicturePart, multipart, read_form
from api.problems import responses
from api.services import Running
from api.v1 import schemas, views
from api.v1.identify import UPLOAD_PROBLEMS

router = APIRouter(prefix="/v1", tags=["identify"])


@router.post(
    "/faces",
    response_model=schemas.FacesAnswer,
    openapi_extra=multipart(PicturePart),
    responses=responses(*UPLOAD_PROBLEMS),
)
async def find_faces(request: Request, response: Response, services: Running) -> schemas.FacesAnswer:
    """Find the faces of a picture. The picture is neither stored nor logged."""
    form = await read_form(request, services.settings.upload_timeout_s)
    (data,) = form.pictures(most=1)
    with services.shares.place(request):
        found, waited_ms = await look_at(request, services.pool, lambda: services.faces.detect(data))
    response.headers["Server-Timing"] = server_timing({"wait": waited_ms, **found.stage_ms})
    return schemas.FacesAnswer(
        picture=schemas.PictureSize(width=found.width, height=found.height),
        faces=[schemas.FoundFace(box=views.box(d.box), confidence=round(d.confidence, 4)) for d in found.detections],
    )
