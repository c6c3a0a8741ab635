"""For an ASGI server: `uvicorn --factory api.main:create`."""

from fastapi import FastAPI

from api.app import create_app
from api.settings import ApiSettings
from settings.logs import configure


def create() -> FastAPI:
    """The application, set up from the environment."""
    settings = ApiSettings()
    configure(settings.log_format, settings.log_level)
    return create_app(settings)
