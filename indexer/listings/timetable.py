"""The timetable of a channel: one airing at a time, from listings with repeats, missing stops and overlaps."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from indexer.sources.records import AiringRecord

Span: TypeAlias = tuple[datetime, datetime]
"""[start, stop)."""

LONGEST = timedelta(hours=24)
RESUMES_AFTER = timedelta(minutes=10)
"""A programme resumes after one that is listed inside it, unless less than this is left: guides round times."""


@dataclass(frozen=True, slots=True)
class Timetable:
    """Airings by channel, each with a stop, sorted, without overlaps; `dropped` counts the others by reason."""

    channels: Mapping[str, tuple[AiringRecord, ...]]
    dropped: Mapping[str, int]


def timetable(airings: Iterable[AiringRecord]) -> Timetable:
    """Resolve repeats, missing stops and overlaps. Of the `airings`, later ones are newer.

    Of two with the same start on a channel, one with a cast wins, then the newer one. A missing stop becomes the next
    start. Where two overlap, the one that starts later interrupts the other, which resumes after it.
    """
    dropped: Counter[str] = Counter()
    by_channel: defaultdict[str, list[AiringRecord]] = defaultdict(list)
    for airing in airings:
        by_channel[airing.channel].append(airing)
    channels = {channel: tuple(_settled(listed, dropped)) for channel, listed in by_channel.items()}
    return Timetable(channels, dict(dropped))


def filled(settled: Iterable[AiringRecord], others: Iterable[AiringRecord]) -> list[AiringRecord]:
    """The `settled` airings of one channel, with gaps filled from the airings of another source.

    An airing of `others` is taken when at least half of it lies in a gap, and shortened to the gap: guides round times.
    """
    taken = {(airing.start, airing.stop): airing for airing in settled if airing.stop is not None}
    for other in others:
        if other.stop is not None and (free := free_part((other.start, other.stop), taken)):
            taken[free] = replace(other, start=free[0], stop=free[1])
    return [taken[span] for span in sorted(taken)]


def free_part(span: Span, taken: Iterable[Span]) -> Span | None:
    """The part of `span` that the `taken` spans leave free; None when it is in pieces, or less than half of `span`.

    The `taken` spans do not overlap each other.
    """
    overlapping = [other for other in taken if overlaps(other, span)]
    start = max([stop for begin, stop in overlapping if begin <= span[0]], default=span[0])
    stop = min([begin for begin, stop in overlapping if stop >= span[1]], default=span[1])
    is_free = not any(overlaps(other, (start, stop)) for other in overlapping)
    return (start, stop) if is_free and (stop - start) * 2 >= span[1] - span[0] else None


def overlaps(one: Span, other: Span) -> bool:
    """Whether the spans have a moment in common."""
    return one[0] < other[1] and other[0] < one[1]


def longest_gap(airings: Iterable[AiringRecord], start: datetime, stop: datetime) -> timedelta:
    """The longest time in [start, stop) without an airing; the airings do not overlap."""
    longest, known_until = timedelta(0), start
    for airing in sorted(airings, key=lambda airing: airing.start):
        longest = max(longest, min(airing.start, stop) - known_until)
        known_until = max(known_until, airing.stop or airing.start)
    return max(longest, stop - known_until)


def _settled(listed: list[AiringRecord], dropped: Counter[str]) -> Iterator[AiringRecord]:
    starts: dict[datetime, AiringRecord] = {}
    for airing in listed:
        other = starts.get(airing.start)
        dropped["repeated"] += other is not None
        if other is None or bool(airing.credits) >= bool(other.credits):
            starts[airing.start] = airing
    return _disjoint(_closed([starts[start] for start in sorted(starts)], dropped))


def _closed(ordered: list[AiringRecord], dropped: Counter[str]) -> Iterator[tuple[datetime, datetime, AiringRecord]]:
    for airing, following in zip(ordered, [*ordered[1:], None], strict=True):
        stop = airing.stop or (following.start if following else None)
        if stop is None or stop - airing.start > LONGEST:
            dropped["no_stop"] += 1
        else:
            yield airing.start, stop, airing


def _disjoint(spans: Iterable[tuple[datetime, datetime, AiringRecord]]) -> Iterator[AiringRecord]:
    """Go through the spans by start. Each interrupts the one that is on, which resumes when nothing newer is on."""
    interrupted: list[tuple[datetime, AiringRecord]] = []
    clock = datetime.min.replace(tzinfo=UTC)
    for start, stop, airing in spans:
        yield from _resumed(interrupted, clock, start)
        interrupted.append((stop, airing))
        clock = start
    yield from _resumed(interrupted, clock, datetime.max.replace(tzinfo=UTC))


def _resumed(
    interrupted: list[tuple[datetime, AiringRecord]], clock: datetime, until: datetime
) -> Iterator[AiringRecord]:
    """The interrupted airings that are on from `clock` to `until`: the newest first, while enough is left of it."""
    while interrupted and clock < until:
        stop, airing = interrupted.pop()
        if airing.start < clock and stop - clock < RESUMES_AFTER:
            continue
        if stop > until:
            interrupted.append((stop, airing))
        yield replace(airing, start=clock, stop=min(stop, until))
        clock = min(stop, until)
