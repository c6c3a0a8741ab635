from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from indexer.http.statuses import retry_after_s


@pytest.mark.parametrize(("value", "seconds"), [("0", 0), ("120", 120), (" 7 ", 7), ("9" * 40, 999_999_999)])
def test_retry_after_in_seconds(value: str, seconds: float) -> None:
    assert retry_after_s({"Retry-After": value}) == seconds


@pytest.mark.parametrize(("hours", "seconds"), [(1, 3600), (-1, 0)])
def test_retry_after_as_a_date(hours: int, seconds: float) -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(hours=hours), usegmt=True)

    assert retry_after_s({"Retry-After": moment}) == pytest.approx(seconds, abs=2)


@pytest.mark.parametrize("value", ["", "soon", "-5", "1.5", "٣", "Wed, 99 Nov 2026 99:00:00 GMT"])
def test_retry_after_that_makes_no_sense(value: str) -> None:
    assert retry_after_s({"Retry-After": value}) is None


def test_no_retry_after() -> None:
    assert retry_after_s({}) is None
