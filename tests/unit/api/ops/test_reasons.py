"""What the dashboard advises about what is missing."""

from datetime import UTC, datetime

import pytest

from api.ops.reasons import SILENT_SOURCE, Reason, why_nobody
from db.queries import coverage
from db.queries.coverage import AiringCoverage

NOW = datetime(2026, 3, 1, 20, 30, tzinfo=UTC)
CONSTANTS = {value for name, value in vars(coverage).items() if name.isupper() and isinstance(value, str)}
REASONS = sorted(CONSTANTS - {coverage.NO_FACE})  # that one is a photo's


def why(*reasons: str | None) -> list[Reason]:
    return why_nobody(AiringCoverage(1, "one", "One", "Argo", NOW, NOW, (), 0, reason) for reason in reasons)


@pytest.mark.parametrize("reason", [*REASONS, "photos refused: two people in it", "photos not to be had: 404"])
def test_every_reason_has_an_advice(reason: str) -> None:
    (told,) = why(reason)
    assert told.advice
    assert told.source is None


@pytest.mark.parametrize("reason", ["tvmaze unavailable", "no photo, tvmaze unavailable"])
def test_a_source_that_gave_no_answer_is_named(reason: str) -> None:
    (told,) = why(reason)
    assert (told.source, told.advice) == ("tvmaze", SILENT_SOURCE)


def test_the_commonest_reason_comes_first() -> None:
    told = why("no photo", "opted out", None, "opted out")
    assert [(reason.reason, reason.people) for reason in told] == [("opted out", 2), ("no photo", 1)]
