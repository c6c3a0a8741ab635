"""Who is still asked, and how sources are said to be."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import NoReturn

import pytest

from indexer.asking.circuit_breakers import FAILURES_IN_A_ROW, CircuitBreakers, CircuitOpen
from indexer.errors import (
    AddressRefused,
    NotFound,
    PageChanged,
    SourceBlocked,
    SourceError,
    SourceUnavailable,
    TooLarge,
)


def fail(error: SourceError) -> NoReturn:
    raise error


def call(breakers: CircuitBreakers, error: SourceError | None = None) -> type[SourceError] | None:
    """The kind of error that came out."""
    try:
        breakers.call("it", lambda: fail(error) if error else None)
    except SourceError as raised:
        return type(raised)
    return None


def test_one_refusal_is_enough_for_a_source_but_not_for_a_host() -> None:
    source, host = CircuitBreakers(), CircuitBreakers(open_on_refusal=False)

    assert [call(source, SourceBlocked("no")), call(source)] == [SourceBlocked, CircuitOpen]
    assert [call(host, SourceBlocked("no")), call(host)] == [SourceBlocked, None]


def test_failures_in_a_row_end_the_asking_and_an_answer_begins_anew() -> None:
    breakers = CircuitBreakers()
    for _ in range(FAILURES_IN_A_ROW - 1):
        call(breakers, SourceUnavailable("down"))
    assert call(breakers) is None
    for _ in range(FAILURES_IN_A_ROW):
        assert call(breakers, SourceUnavailable("down")) is SourceUnavailable

    assert call(breakers) is CircuitOpen


def test_a_document_that_is_not_there_is_an_answer() -> None:
    breakers = CircuitBreakers()

    assert [call(breakers, NotFound("no such person")) for _ in range(9)] == [NotFound] * 9
    assert breakers.health() == [("it", "ok", None)]


def test_health_is_told_once_and_a_change_of_form_in_any_case() -> None:
    breakers = CircuitBreakers()
    call(breakers, PageChanged("another form."))
    call(breakers)

    assert breakers.health() == [("it", "changed", "another form. Its parser needs a look.")]
    assert breakers.health() == []
    call(breakers)
    assert breakers.health() == [("it", "changed", "another form. Its parser needs a look.")]


def test_a_source_that_recovers_is_well() -> None:
    breakers = CircuitBreakers()
    call(breakers, SourceUnavailable("down"))
    assert breakers.health() == [("it", "unavailable", "down")]
    call(breakers)

    assert breakers.health() == [("it", "ok", None)]


def test_until_the_first_answer_one_asks_and_the_others_wait() -> None:
    breakers, sent = CircuitBreakers(), []
    all_here = threading.Barrier(4)

    def refused() -> NoReturn:
        sent.append(1)
        raise SourceBlocked("no")

    def ask() -> None:
        all_here.wait()
        with pytest.raises(SourceError):
            breakers.call("it", refused)

    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(ask) for _ in range(4)]:
            future.result()
    assert len(sent) == 1


@pytest.mark.parametrize("error", [TooLarge("200 MB"), AddressRefused("it leads inside")])
def test_what_is_wrong_with_one_picture_of_a_host_is_wrong_with_the_whole_of_a_source(error: SourceError) -> None:
    source, host = CircuitBreakers(), CircuitBreakers(open_on_refusal=False)
    for breakers in (source, host):
        for _ in range(FAILURES_IN_A_ROW):
            call(breakers, error)

    assert (call(source), call(host)) == (CircuitOpen, None)
    assert source.health() == [("it", "unavailable", str(error))]
    assert host.health() == [("it", "ok", None)]
