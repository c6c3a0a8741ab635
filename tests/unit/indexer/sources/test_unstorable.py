"""Whatever text a source sends, what is read from it can be stored, and so can what is said about it."""

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from db.keys import fold
from indexer.errors import PageChanged, SourceError
from indexer.sources.protocols import PhotoRecord
from indexer.sources.records import LONGEST_TEXT, CreditRecord, LatestCreditRecord
from tests.unit.indexer.sources.test_recordings import reader_of, recordings

BTREE_MOST_BYTES = 2704
"""What an index of PostgreSQL holds of one value."""


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from texts_in(getattr(value, field.name))
    elif isinstance(value, dict):
        yield from texts_in(list(value.items()))
    elif isinstance(value, list | tuple):
        for part in value:
            yield from texts_in(part)


def spoilt(value: Any, spoil: str) -> Any:
    """The JSON with `spoil` in the middle of every text, keys not."""
    if isinstance(value, str):
        return value[:2] + spoil + value[2:]
    if isinstance(value, list):
        return [spoilt(part, spoil) for part in value]
    return {key: spoilt(part, spoil) for key, part in value.items()} if isinstance(value, dict) else value


def assert_storable(text: str) -> None:
    assert "\0" not in text
    text.encode()


JSON = [recording for recording in recordings() if recording.suffix == ".json"]
MARKUP = [recording for recording in recordings() if recording.suffix in (".html", ".tsv")]


@pytest.mark.parametrize("spoil", ["\0", "\ud800"], ids=["nul", "half"])
@pytest.mark.parametrize("keys", [False, True], ids=["values", "keys"])
@pytest.mark.parametrize("recording", JSON, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_json_with_unstorable_text_gives_storable_records_or_an_alarm(recording: Path, keys: bool, spoil: str) -> None:
    answer = json.dumps(spoilt(json.loads(recording.read_text("utf-8")), spoil))
    if keys:
        answer = answer.replace('": ', json.dumps(spoil)[1:-1] + '": ')
    try:
        records: Any = reader_of(recording)(answer.encode())
    except SourceError as error:
        records = str(error)

    for text in texts_in(records):
        assert_storable(text)


@pytest.mark.parametrize("spoil", [b"\0", b"&#0;", b"&#xD800;", b"\xed\xa0\x80"])
@pytest.mark.parametrize("recording", MARKUP, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_pages_with_unstorable_text_give_storable_records_or_an_alarm(recording: Path, spoil: bytes) -> None:
    content = recording.read_bytes()
    for letter in (b"a", b"1", b"/"):
        try:
            records: Any = reader_of(recording)(content.replace(letter, letter + spoil))
        except SourceError as error:
            records = str(error)
        for text in texts_in(records):
            assert_storable(text)


@pytest.mark.parametrize("letter", ["x", "é", "語", "한", "😀"])
def test_a_text_without_end_is_cut_to_what_an_index_holds(letter: str) -> None:
    credit = CreditRecord(letter * 9000, "actor", letter * 9000, 0, {"imdb": "nm" + "1" * 9000})

    assert len(credit.name) == LONGEST_TEXT
    assert len(fold(credit.name).encode()) <= BTREE_MOST_BYTES
    assert len(credit.role or "") == len(credit.ids["imdb"]) == LONGEST_TEXT


def test_an_address_is_never_cut() -> None:
    url = "https://example.org/" + "x" * 9000

    assert PhotoRecord(url, "portrait", None, None).url == url


def test_what_is_storable_stays_as_it_is() -> None:
    credit = LatestCreditRecord("L'Été", 2020, "Zoé / Ana", None)

    assert (credit.title, credit.year, credit.role, credit.co_star) == ("L'Été", 2020, "Zoé / Ana", None)


def test_an_error_that_quotes_unstorable_text_can_be_stored() -> None:
    assert str(PageChanged("at a\0b\ud800.")) == "at ab. Its parser needs a look."
