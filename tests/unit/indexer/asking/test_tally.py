"""Counting questions by source, hour and ending."""

from indexer.asking.tally import Tally
from indexer.errors import NotFound, PageChanged, SourceBlocked, SourceUnavailable


def test_endings_are_counted_apart_and_a_missing_document_is_an_answer() -> None:
    tally = Tally()
    for error in (None, NotFound("no"), SourceBlocked("no"), SourceUnavailable("down"), PageChanged("odd")):
        tally.note("it", error)

    answered, refused, failed = map(sum, zip(*(hour[2:] for hour in tally.drain()), strict=True))

    assert (answered, refused, failed) == (2, 1, 2)


def test_what_was_taken_is_not_counted_again() -> None:
    tally = Tally()
    tally.note("it")

    assert [hour.source for hour in tally.drain()] == ["it"]
    assert tally.drain() == []
