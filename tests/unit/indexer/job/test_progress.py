"""Counting how far a loop has come."""

from indexer.job.progress import CountingProgress, Stage


def test_an_item_counts_when_the_next_one_is_asked_for() -> None:
    progress = CountingProgress()
    items = progress.track("ab", description="Looking", total=2)

    assert [progress.stage] == [Stage()]
    next(items)
    assert progress.stage == Stage("Looking", 0, 2) or progress.stage == Stage()
    next(items)
    assert progress.stage == Stage("Looking", 1, 2)
    assert list(items) == []
    assert progress.stage == Stage("Looking", 2, 2)
