"""The ids, moments and texts that the dashboard can be asked about: those that the database can hold."""

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

FIRST, LAST = date(1970, 1, 2), date(2199, 12, 30)


def _in_range(moment: datetime) -> datetime:
    if not FIRST <= moment.date() <= LAST:
        raise ValueError(f"the moment must be between {FIRST} and {LAST}")
    return moment.astimezone(UTC)


def _is_text(text: str) -> str:
    text.encode()  # raises ValueError for a lone surrogate
    if "\0" in text:
        raise ValueError("there is a NUL character")
    return text


Day = Annotated[date, Field(ge=FIRST, le=LAST)]
Moment = Annotated[AwareDatetime, AfterValidator(_in_range)]
"""In UTC."""
Id = Annotated[int, Field(ge=0, le=2**63 - 1)]
Text = Annotated[str, StringConstraints(max_length=1000), AfterValidator(_is_text)]
