"""What the answers of every MediaWiki API have in common (https://www.mediawiki.org/wiki/API:Errors_and_warnings)."""

from typing import Annotated, TypeVar

from pydantic import BeforeValidator, TypeAdapter

from indexer.errors import SourceUnavailable
from indexer.sources.json_answers import Answer, Shape, Text, read_json

Value = TypeVar("Value")

Filled = Annotated[Value | None, BeforeValidator(lambda value: value or None)]
"""An object; None when it is empty, which MediaWiki writes as an empty list."""


class _Failure(Shape):
    code: str
    info: Text = None


class _Outcome(Shape):
    error: _Failure | None = None


_OUTCOME = TypeAdapter(_Outcome)


def read_answer(form: TypeAdapter[Answer], content: bytes, what: str) -> Answer:
    """`content` parsed as `form`; `SourceUnavailable` when it is an error, which MediaWiki sends with status 200."""
    failure = read_json(_OUTCOME, content, what).error
    if failure is not None:
        raise SourceUnavailable(f"There is no {what} now: {failure.info or failure.code}.")
    return read_json(form, content, what)
