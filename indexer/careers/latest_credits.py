"""Where the viewer may have seen somebody before, out of our own index of recent airings."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from db.queries.galleries import CastRow, ListedAiring
from gallery.types import LatestCredit


@dataclass(frozen=True, slots=True)
class _Appearance:
    stop: datetime
    title: str
    credit: LatestCredit


class LatestCredits:
    """The latest credits in the given airings; `casts` (by airing id) are in billing order."""

    def __init__(self, airings: Iterable[ListedAiring], casts: Mapping[int, Sequence[CastRow]]) -> None:
        self._appearances: defaultdict[int, list[_Appearance]] = defaultdict(list)
        for airing in sorted(airings, key=lambda airing: (airing.stop, airing.id), reverse=True):
            for member in casts.get(airing.id, ()):
                credit = LatestCredit(airing.title, airing.year, member.role, _co_star(member, casts[airing.id]))
                self._appearances[member.person_id].append(_Appearance(airing.stop, airing.title, credit))

    def before(self, person_id: int, slot: datetime, on_now: Iterable[str]) -> LatestCredit | None:
        """The person's latest credit in an airing that ended before the slot, except in the titles `on_now`."""
        titles = set(on_now)
        return next(
            (seen.credit for seen in self._appearances[person_id] if seen.stop <= slot and seen.title not in titles),
            None,
        )


def _co_star(member: CastRow, cast: Sequence[CastRow]) -> str | None:
    return next((other.name for other in cast if other.person_id != member.person_id), None)
