"""Channels that several regions receive: which airings stored by other regions' runs stay beside this run's."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from math import inf

from db.queries.listings import AiringRow
from indexer.listings.timetable import Span, free_part, overlaps
from indexer.regions import load_region, region_codes

ListedSpans = Mapping[tuple[int, str], Iterable[Sequence[Span]]]
"""By channel id and source, for each day: the spans that the source now lists, in order."""


@cache
def precedence(market: str) -> Mapping[str, float]:
    """The rank of each listings source in a market; the source with the smaller rank wins.

    Sources are ranked by their average position in the market's region files. All regions of a market use the same
    ranks, so that two of them never undo each other's work, whatever the order in their own files.
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
    stored: Mapping[AiringRow, str], new: Mapping[AiringRow, str], listed: ListedSpans, order: Mapping[str, float]
) -> set[AiringRow]:
    """The `stored` airings, not among the `new` ones, that are still valid. Both map an airing to its source.

    An airing is withdrawn when its source, asked again, lists programmes before and after it but none in its place. A
    source that was not asked or failed withdraws nothing. Any other airing gives way only to a new one that overlaps it
    and whose source ranks at least as high (`order`). A guide given by hand is in no region file: a new one outranks
    all sources, one stored earlier gives way to all.
    """
    by_channel: defaultdict[int, list[AiringRow]] = defaultdict(list)
    for row in new:
        by_channel[row.channel_id].append(row)

    def stays(row: AiringRow, source: str) -> bool:
        span = row.start, row.stop
        if any(_withdraws(day, span) for day in listed.get((row.channel_id, source), ())):
            return False
        rivals = (new[other] for other in by_channel[row.channel_id] if overlaps(span, (other.start, other.stop)))
        return all(order.get(rival, -1) > order.get(source, inf) for rival in rivals)

    return {row for row, source in stored.items() if row not in new and stays(row, source)}


def _withdraws(day: Sequence[Span], span: Span) -> bool:
    covers = bool(day) and overlaps((day[0][0], day[-1][1]), span)
    return covers and not any(start <= span[0] and span[1] <= stop for start, stop in day)


def trimmed_around(new: Iterable[AiringRow], kept: Iterable[AiringRow]) -> dict[AiringRow, AiringRow]:
    """The new airings, trimmed so that they do not overlap the `kept` ones: each as it was -> as it is then.

    A new airing of which less than half is left is omitted.
    """
    taken: defaultdict[int, list[Span]] = defaultdict(list)
    for row in kept:
        taken[row.channel_id].append((row.start, row.stop))
    free = ((row, free_part((row.start, row.stop), taken[row.channel_id])) for row in new)
    return {row: row._replace(start=span[0], stop=span[1]) for row, span in free if span}
