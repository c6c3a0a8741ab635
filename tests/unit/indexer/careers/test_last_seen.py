"""Where somebody was last seen, and with whom."""

from datetime import date

from indexer.careers.last_seen import co_star, last_seen
from indexer.sources.protocols import PastCredit
from indexer.sources.records import CreditRecord, LatestCreditRecord

TODAY = date(2026, 8, 20)


def part(title: str, dated: date, role: str | None = "Somebody") -> PastCredit:
    return PastCredit(LatestCreditRecord(title, dated.year, role), dated)


def member(name: str, **ids: str) -> CreditRecord:
    return CreditRecord(name, "actor", None, 0, ids)


def test_the_latest_part_that_is_not_to_come_nor_on_now() -> None:
    past = [part("To Come", date(2026, 8, 21)), part("Élan", TODAY), part("Before", date(2025, 1, 1))]

    assert last_seen(past, today=TODAY, on_screen={"elan"}) == past[2]
    assert last_seen(past, today=TODAY, on_screen=()) == past[1]
    assert last_seen(past[:1], today=TODAY, on_screen=()) is None


def test_a_part_played_counts_before_a_later_appearance_as_themselves() -> None:
    past = [part("Talk", TODAY, "Self - Guest"), part("Film", date(2020, 1, 1)), part("Older", date(2010, 1, 1))]

    assert last_seen(past, today=TODAY, on_screen=()) == past[1]
    assert last_seen(past[:1], today=TODAY, on_screen=()) == past[0]


def test_a_role_that_only_looks_like_oneself_is_a_part() -> None:
    past = [part("Film", TODAY, "Selfridge"), part("Older", date(2010, 1, 1))]

    assert last_seen(past, today=TODAY, on_screen=()) == past[0]


def test_the_co_star_is_the_first_who_is_somebody_else() -> None:
    cast = [member("ZOÉ EXAMPLE"), member("Z. Example", tmdb="person/70"), member("Anne Other", tmdb="person/71")]

    assert co_star(cast, {"tmdb": "person/70"}, "Zoe Example") == "Anne Other"
    assert co_star(cast[:2], {"tmdb": "person/70"}, "Zoe Example") is None
