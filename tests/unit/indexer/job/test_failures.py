from collections import Counter

import pytest

from indexer.job.failures import IN_A_ROW, Failures


def test_single_items_that_fail_are_counted_and_the_others_are_done() -> None:
    counts: Counter[str] = Counter()
    failures, done = Failures(counts), []

    for number in range(100):
        with failures.skipped(f"item {number}\udce9"):
            if number % 3 == 0:
                raise ValueError(number)
            done.append(number)

    assert len(done) == 66
    assert counts == {"failed_items": 34}


def test_several_in_a_row_end_the_job_with_the_error_itself() -> None:
    counts: Counter[str] = Counter()
    failures = Failures(counts)

    def work() -> None:
        for number in range(100):
            with failures.skipped(number):
                raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        work()
    assert counts == {"failed_items": IN_A_ROW - 1}


def test_being_interrupted_is_no_failure_of_an_item() -> None:
    with pytest.raises(KeyboardInterrupt), Failures(Counter()).skipped("item"):
        raise KeyboardInterrupt
