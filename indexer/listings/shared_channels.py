"""Channels that several regions receive: what stays of what others stored, beside what this region's sources say."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from math import inf

from db.queries.listings import AiringRow
from indexer.listings.timetable import Span, free_part, overlaps
from indexer.regions import load_region, region_codes

ListedSpans = Mapping[tuple[int, str], Iterable[Sequence[Span]]]
"""By channel id and source, for each day: when something is on, in order, as the source says now."""


@cache
def precedence(market: str) -> Mapping[str, float]:
    """The listings sources of a market, the more believed the smaller: how late its regions ask each, on average.

    It is the same for all of them, so that two never undo each other's work, whatever the order of each.
    """
    places: defaultdict[str, list[int]] = defaultdict(list)
    for region in map(load_region, region_codes()):
        if region.market == market:
            for place, source in enumerate(region.listings):
                places[source.name].append(place)
    means = {name: sum(found) / len(found) for name, found in places.items()}
    ordered = sorted(means, key=lambda name: (means[name], name))
    return {name: place for place, name in enumerate(ordered)}


def still_valid(
    stored: Mapping[AiringRow, str], new: Mapping[AiringRow, str], heard: ListedSpans, order: Mapping[str, float]
) -> set[AiringRow]:
    """What stays of the `stored` airings that are not among the `new` ones (both with their sources).

    A source that now lists nothing then, and something before and after, took it back; one that was not asked, or
    failed, did not. Else an airing goes only where one of a source that is as much or more believed is on; a guide
    that no region names was given by hand, and is believed.
    """
    by_channel: defaultdict[int, list[AiringRow]] = defaultdict(list)
    for row in new:
        by_channel[row.channel_id].append(row)

    def stays(row: AiringRow, source: str) -> bool:
        span = row.start, row.stop
        if any(_takes_back(day, span) for day in heard.get((row.channel_id, source), ())):
            return False
        rivals = (new[other] for other in by_channel[row.channel_id] if overlaps(span, (other.start, other.stop)))
        return all(order.get(rival, -1) > order.get(source, inf) for rival in rivals)

    return {row for row, source in stored.items() if row not in new and stays(row, source)}


def _takes_back(day: Sequence[Span], span: Span) -> bool:
    spoke_of_it = bool(day) and overlaps((day[0][0], day[-1][1]), span)
    return spoke_of_it and not any(start <= span[0] and span[1] <= stop for start, stop in day)


def trimmed_around(new: Iterable[AiringRow], kept: Iterable[AiringRow]) -> dict[AiringRow, AiringRow]:
    """What the `kept` airings leave of each new one, where at least half of it is left: as it was -> as it is then."""
    taken: defaultdict[int, list[Span]] = defaultdict(list)
    for row in kept:
        taken[row.channel_id].append((row.start, row.stop))
    free = ((row, free_part((row.start, row.stop), taken[row.channel_id])) for row in new)
    return {row: row._replace(start=span[0], stop=span[1]) for row, span in free if span}
