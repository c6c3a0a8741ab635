"""Sources as the dashboard shows them."""

from datetime import datetime, timedelta

import httpx
import pytest
from sqlalchemy import Engine

from db.engine import session
from db.models import Lookup
from db.queries.jobs import record_health
from db.queries.tallies import SourceHour, add_tallies

HOUR = timedelta(hours=1)


@pytest.fixture
def hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)


def test_before_the_first_run_it_says_so(ops: httpx.Client) -> None:
    assert ops.get("/ops/api/sources").json() == {"sources": []}
    assert "No source has been asked yet" in ops.get("/ops/sources").text


def test_those_that_need_something_come_first_with_what_to_do(
    engine: Engine, ops: httpx.Client, hour: datetime
) -> None:
    with session(engine) as opened:
        record_health(opened, "tmdb", "ok", None)
        record_health(opened, "imdb", "blocked", "robots.txt refuses <us>")
        record_health(opened, "allocine", "ok", None)
        record_health(opened, "allocine", "changed", "no cast in page 7")
        add_tallies(opened, [SourceHour("tvmaze", hour, 1, 0, 0)])

    found = ops.get("/ops/api/sources").json()["sources"]

    assert [(it["name"], it["state"], bool(it["advice"])) for it in found] == [
        ("allocine", "changed", True),
        ("imdb", "blocked", True),
        ("tvmaze", "unknown", True),
        ("tmdb", "ok", False),
    ]
    assert found[0]["last_success_at"] is not None
    assert found[1]["last_success_at"] is None
    html = ops.get("/ops/sources").text
    assert "3 of 4 sources need a look" in html
    assert "robots.txt refuses &lt;us&gt;" in html
    assert "<code>FTA_SOURCES</code>" in html


def test_questions_are_shown_hour_by_hour_and_counted_for_a_day(
    engine: Engine, ops: httpx.Client, hour: datetime
) -> None:
    hours = [
        SourceHour("tmdb", hour - 60 * HOUR, 1000, 0, 0),
        SourceHour("tmdb", hour - 30 * HOUR, 400, 0, 0),
        SourceHour("tmdb", hour - 5 * HOUR, 90, 2, 8),
        SourceHour("tmdb", hour, 5, 0, 0),
    ]
    with session(engine) as opened:
        add_tallies(opened, hours)

    [found] = ops.get("/ops/api/sources").json()["sources"]

    assert (found["answered"], found["refused"], found["failed"], found["most_per_hour"]) == (95, 2, 8, 400)
    assert len(found["hours"]) == 48
    assert found["hours"][-1]["answered"] == 5
    assert found["hours"][-6] == {
        "hour": (hour - 5 * HOUR).isoformat().replace("+00:00", "Z"),
        "answered": 90,
        "refused": 2,
        "failed": 8,
    }


def test_outcomes_are_counted_by_what_was_asked_about(engine: Engine, ops: httpx.Client, now: datetime) -> None:
    with session(engine) as opened:
        for number, outcome in enumerate(("found", "found", "unmatched title")):
            row = {"subject": "programme", "subject_id": number, "source": "tmdb", "part": ""}
            opened.add(Lookup(**row, asked_at=now - HOUR, outcome=outcome))
        old = {"subject": "person", "subject_id": 1, "source": "tmdb", "part": ""}
        opened.add(Lookup(**old, asked_at=now - timedelta(days=30), outcome="found"))

    [found] = ops.get("/ops/api/sources").json()["sources"]

    assert found["outcomes"] == [
        {"subject": "programme", "outcome": "found", "questions": 2},
        {"subject": "programme", "outcome": "unmatched title", "questions": 1},
    ]
