"""Reads JSON answers and validates their form: where it has changed, the error names the field."""

import codecs
from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

from indexer.errors import PageChanged
from indexer.sources.markup import tidy

Answer = TypeVar("Answer")
Entry = TypeVar("Entry")


class Shape(BaseModel):
    """The part of a JSON object that is read. Other fields are ignored, and a null counts as absent."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        needed = {field.alias or name for name, field in cls.model_fields.items() if field.is_required()}
        return {key: value for key, value in data.items() if value is not None or key in needed}


def _usable(values: Any, read: ValidatorFunctionWrapHandler) -> list[Any]:
    if not isinstance(values, list):
        return list(read(values))
    usable: list[Any] = []
    failure = None
    for value in values:
        try:
            usable += read([value])
        except ValidationError as error:
            failure = failure or error
    if failure and not usable:
        raise failure
    return usable


Entries = Annotated[list[Entry], WrapValidator(_usable)]
"""A list whose invalid entries are left out; only where all of them are invalid is the list itself."""


Text = Annotated[str | None, AfterValidator(tidy)]
"""A text with whitespace collapsed; None when it is empty."""

Day = Annotated[date | None, BeforeValidator(lambda value: value or None)]
"""A date; None when the source leaves it empty."""

Number = Annotated[int, Field(ge=0, lt=2**31)]


def read_json(form: TypeAdapter[Answer], content: bytes, what: str) -> Answer:
    """`content` parsed as `form`; `PageChanged` says at which field of `what` its form has changed."""
    try:
        return form.validate_json(content.removeprefix(codecs.BOM_UTF8))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the answer"
        raise PageChanged(f"The {what} has changed its form, at {place}: {first['msg']}.") from None
