"""The sections of the dashboard. Each of their pages is a set of figures, as HTML at `/ops/…` and as JSON at
`/ops/api/…`."""

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from pydantic import BaseModel

from api.ops import formatting, plots
from api.ops.access import SignedIn
from api.ops.heat_map import HALF_HOURS, PRIME
from api.ops.orders import Orders, orders
from api.web.pages import code_spans

WEB = Path(str(files("api"))) / "ops" / "web"
TEMPLATES = Jinja2Templates(WEB / "templates")
for _format in (
    formatting.moment,
    formatting.clock,
    formatting.span,
    formatting.percent,
    formatting.size,
    formatting.count,
    formatting.plural,
):
    TEMPLATES.env.filters[_format.__name__] = _format
TEMPLATES.env.filters["code_spans"] = code_spans
TEMPLATES.env.globals |= {"plots": plots, "half_hours": HALF_HOURS, "prime": PRIME}

Figures = TypeVar("Figures", bound=BaseModel)


def render(request: Request, template: str, *, status: int = 200, **context: object) -> HTMLResponse:
    """Render a template; it gets `sections`, and `section`, which is None on pages outside the sections."""
    context.setdefault("section", None)
    return TEMPLATES.TemplateResponse(
        request, template, {"sections": request.app.state.sections, **context}, status_code=status
    )


class Section:
    """One of the dashboard's sections, at `/ops/<path>`; its pages are added with `page`."""

    def __init__(self, path: str, name: str) -> None:
        self.path = path
        self.name = name
        self.router = APIRouter(dependencies=[SignedIn], tags=[name])

    def page(self, template: str, path: str = "") -> Callable[[Callable[..., Figures]], Callable[..., Figures]]:
        """Decorate an endpoint: what it returns is JSON at `/ops/api/<section><path>`, and `figures` of the template at
        `/ops/<section><path>`, which shows the last orders too."""

        def register(figures: Callable[..., Figures]) -> Callable[..., Figures]:
            def page(
                request: Request,
                found: Annotated[BaseModel, Depends(figures)],
                ordered: Annotated[Orders, Depends(orders)],
            ) -> HTMLResponse:
                return render(request, template, section=self, figures=found, orders=ordered)

            self.router.get(f"/api/{self.path}{path}")(figures)
            self.router.get(f"/{self.path}{path}", include_in_schema=False)(page)
            return figures

        return register
