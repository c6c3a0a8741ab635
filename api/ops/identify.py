"""Identify: how many questions are asked, how long they take and how they end; nothing of the questions themselves."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from typing import TypeVar

from pydantic import BaseModel

from api.ops.samples import Sample, Stage
from api.ops.sections import Section
from api.ops.services import Running

section = Section("identify", "Identify")

STAGES = ("receive", "wait", "decode", "detect", "align", "embed", "look", "link", "match", "total")
"""In the order in which a picture passes them; unknown stages come last."""
RECENT = 60
"""How many samples, one a minute, the latencies and shares of the last hour cover."""

Key = TypeVar("Key")


class Latency(BaseModel):
    """How long a stage took in the last hour, in milliseconds."""

    stage: str
    pictures: int
    mean_ms: float | None
    median_ms: float | None
    p95_ms: float | None


class Verdicts(BaseModel):
    """How many faces were answered with each verdict."""

    match: int = 0
    uncertain: int = 0
    not_in_cast: int = 0

    @property
    def faces(self) -> int:
        """All faces."""
        return self.match + self.uncertain + self.not_in_cast


class RegionVerdicts(BaseModel):
    """The verdicts of a region; the region `prepared` stands for programmes prepared by hand."""

    region: str
    last_hour: Verdicts
    since_start: Verdicts


class Minute(BaseModel):
    """The questions of one minute; None where they are not known."""

    at: datetime
    answered: float | None
    refused: float | None
    median_ms: float | None
    p95_ms: float | None
    verdicts: Verdicts | None


class Identify(BaseModel):
    """The questions of an API process since its start and in the last hours."""

    whose: str
    as_of: datetime | None
    """When its metrics were last sampled; None if never."""
    problem: str | None
    configured: bool
    """Whether there is an API whose metrics can be sampled."""
    requests: dict[str, int]
    """Since the start, by HTTP status."""
    latencies: list[Latency]
    regions: list[RegionVerdicts]
    minutes: list[Minute]


@section.page("identify.html")
def figures(ops: Running) -> Identify:
    """How questions are answered."""
    samples = ops.samples.kept
    known = [sample for sample in samples if sample is not None]
    last = known[-1] if known else None
    hour_ago = next((sample for sample in samples[-RECENT - 1 :] if sample is not None), None)
    earlier = hour_ago if hour_ago is not last else None
    return Identify(
        whose=ops.samples.whose,
        as_of=last.at if last else None,
        problem=ops.samples.problem,
        configured=ops.samples.read is not None,
        requests={status: int(total) for status, total in sorted(last.requests.items())} if last else {},
        latencies=_latencies(last, earlier) if last else [],
        regions=_regions(last, earlier) if last else [],
        minutes=[_minute(before, after) for before, after in pairwise(samples) if after is not None],
    )


def _latencies(last: Sample, earlier: Sample | None) -> list[Latency]:
    order = sorted(last.stages, key=lambda stage: (STAGES.index(stage) if stage in STAGES else len(STAGES), stage))
    return [_latency(name, last.stages[name].since(earlier.stages.get(name) if earlier else None)) for name in order]


def _latency(name: str, stage: Stage) -> Latency:
    mean_ms = 1000 * stage.seconds / stage.count if stage.count else None
    return Latency(
        stage=name,
        pictures=int(stage.count),
        mean_ms=mean_ms,
        median_ms=_ms(stage.quantile_s(0.5)),
        p95_ms=_ms(stage.quantile_s(0.95)),
    )


def _regions(last: Sample, earlier: Sample | None) -> list[RegionVerdicts]:
    since = _grown(last.faces, earlier.faces if earlier else {})
    regions = sorted({region for region, _ in last.faces})
    return [
        RegionVerdicts(region=it, last_hour=_verdicts(since, it), since_start=_verdicts(last.faces, it))
        for it in regions
    ]


def _minute(before: Sample | None, after: Sample) -> Minute:
    if before is None:
        return Minute(at=after.at, answered=None, refused=None, median_ms=None, p95_ms=None, verdicts=None)
    requests = _grown(after.requests, before.requests)
    answered = sum(grown for status, grown in requests.items() if status.startswith("2"))
    total = after.stages["total"].since(before.stages.get("total")) if "total" in after.stages else None
    return Minute(
        at=after.at,
        answered=answered,
        refused=sum(requests.values()) - answered,
        median_ms=_ms(total.quantile_s(0.5)) if total else None,
        p95_ms=_ms(total.quantile_s(0.95)) if total else None,
        verdicts=_verdicts(_grown(after.faces, before.faces)),
    )


def _grown(now: Mapping[Key, float], before: Mapping[Key, float]) -> dict[Key, float]:
    """By how much counters have grown; after a restart of the process in between, they are counted from 0."""
    return {key: total - before.get(key, 0.0) if total >= before.get(key, 0.0) else total for key, total in now.items()}


def _verdicts(faces: Mapping[tuple[str, str], float], region: str | None = None) -> Verdicts:
    counts: defaultdict[str, int] = defaultdict(int)
    for (where, verdict), count in faces.items():
        if region in (None, where):
            counts[verdict] += int(count)
    return Verdicts(**counts)


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else seconds * 1000
