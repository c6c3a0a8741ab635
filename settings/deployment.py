"""The settings that every process of a deployment shares: where the data is, and how to log."""

import re
from pathlib import Path
from typing import Any, Literal

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict, SettingsError


def _listed(value: object) -> object:
    """Split the text `a, b` into its parts; any other value is left for the field's type to check."""
    return [part for part in (part.strip() for part in value.split(",")) if part] if isinstance(value, str) else value


Listed = (NoDecode, BeforeValidator(_listed))
"""Marks a setting that is written as `a,b` instead of JSON."""


class BadSettings(ValueError):
    """A setting that cannot be used. The message names it and says why, in one line, without its value."""


class Deployment(BaseSettings):
    """Read from the environment: `FTA_…`, and `DATABASE_URL`. `api` and `indexer` add their own settings to these."""

    model_config = SettingsConfigDict(env_prefix="FTA_", extra="ignore", populate_by_name=True)

    def __init__(self, **values: Any) -> None:
        """Read the environment. Raises `BadSettings`."""
        try:
            super().__init__(**values)
        except ValidationError as error:
            wrong = (f"{self._variable(str(it['loc'][0]))}: {it['msg']}" for it in error.errors(include_input=False))
            # Without the cause: it quotes the values, which may be secrets.
            raise BadSettings("; ".join(dict.fromkeys(wrong)).replace("\n", " ")) from None
        except SettingsError as error:  # JSON that cannot be read
            field = re.search(r'field "(\w+)"', str(error))
            name = self._variable(field[1]) if field else "A setting"
            raise BadSettings(f"{name}: it is not valid JSON") from None

    @classmethod
    def _variable(cls, field: str) -> str:
        """The environment variable of a field."""
        return field if field.isupper() else f"FTA_{field.upper()}"

    data_dir: Path = Path("var")
    """The folder for everything stored on this machine: models, objects, the embedded database."""

    database_url: str | None = Field(default=None, validation_alias="DATABASE_URL")
    """A PostgreSQL server. Unset: an embedded one, in the data folder."""

    storage: str | None = None
    """Where objects are stored: a folder, or `s3://bucket/prefix`. Unset: `objects` in the data folder."""

    s3_endpoint: str | None = None
    """URL of an S3 server other than Amazon's. Credentials come from the usual `AWS_…` variables."""

    models: Path | None = None
    """The folder of prepared models. Unset: `models` in the data folder."""

    facenet: str = "msceleb-128"
    """The FaceNet checkpoint: `msceleb-128`, or a keras-facenet key such as `20180402-114759`."""

    weights: Path | None = None
    """A file with the checkpoint's weights, used instead of a download; its SHA-256 is checked too."""

    contact: str = ""
    """An email address or URL of the operator: shown to API users, and sent to sources in the User-Agent."""

    log_format: Literal["console", "json"] = "console"
    """`json` prints one object a line, for a log collector."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @property
    def storage_url(self) -> str:
        """`storage`, or the default folder."""
        return self.storage or str(self.data_dir / "objects")

    @property
    def models_dir(self) -> Path:
        """`models`, or the default folder."""
        return self.models or self.data_dir / "models"
