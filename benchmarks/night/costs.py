"""The cost of a night: its requests, by host, by person, and by topic."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, median

from benchmarks.night.replicas import Request
from benchmarks.night.responses import PAST

INTERVAL_S: Mapping[str, float] = {
    "tmdb": 0.025, "tvmaze": 0.5, "wikidata": 0.1, "commons": 0.1,
    "tmdb-pictures": 0.025, "tvmaze-pictures": 0.1, "commons-pictures": 0.2,
}  # fmt: skip
"""The intervals between requests to the real hosts (`indexer.sources.registry`)."""

_OFFSETS = (300_000, 200_000, 100_000)
_PERSON = re.compile(r"/(?:person|people|Special:EntityData)/Q?(\d+)")


@dataclass(frozen=True, slots=True)
class Costs:
    """Numbers of requests: `by_host`, `per_person` and host, `about` each topic, and `repeated` ones."""

    by_host: Mapping[str, int]
    per_person: Mapping[int, Counter[str]]
    about: Mapping[str, int]
    repeated: int

    @property
    def hours(self) -> Mapping[str, float]:
        """The hours that each real host would take at its rate limit. All are asked in parallel: the longest counts."""
        return {host: self.by_host.get(host, 0) * interval_s / 3600 for host, interval_s in INTERVAL_S.items()}

    def of_a_person(self, host: str | None = None) -> tuple[float, float]:
        """Mean and median of the requests about a person, to one host or to all."""
        counts = [hosts[host] if host else hosts.total() for hosts in self.per_person.values()]
        return (mean(counts), median(counts)) if counts else (0.0, 0.0)


def costs(requests: Sequence[Request]) -> Costs:
    """Count these requests."""
    per_person: dict[int, Counter[str]] = {}
    about: Counter[str] = Counter()
    for request in requests:
        number = subject_of(request)
        about[_about(request, number)] += 1
        if number is not None:
            per_person.setdefault(number, Counter())[request.host] += 1
    times = Counter(request.target for request in requests)
    by_host = Counter(request.host for request in requests)
    return Costs(by_host, per_person, about, sum(count - 1 for count in times.values()))


def subject_of(request: Request) -> int | None:
    """The number of the human that a request is about; None when it is about none."""
    query = dict(request.query)
    if request.host.endswith("-pictures"):
        numbers = list(map(int, re.findall(r"\d+", request.path.rpartition("/")[2])))
        return numbers[-1] if request.path.startswith("/character") else numbers[0]
    if request.host == "commons":
        return int(re.sub(r"\D", "", query["titles"]))
    number = None
    if found := _PERSON.search(request.path):
        number = int(found[1])
    elif "srsearch" in query:
        number = int(query["srsearch"].rpartition("=")[2])
    return None if number is None else next(number - first for first in _OFFSETS if number >= first)


def _about(request: Request, number: int | None) -> str:
    if request.host.endswith("-pictures"):
        return "pictures"
    if number is not None:
        return "people"
    if request.host == "guide":
        return "the guide"
    past = re.search(r"/(?:movie|shows)/(\d+)", request.path)
    return "programmes of the past" if past and int(past[1]) >= PAST else "programmes"
