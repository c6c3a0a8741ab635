"""Runs: what the indexer did, what it is doing, and how long that took in the run before."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from pydantic import BaseModel
from sqlalchemy.orm import Session

from api.ops.sections import Section
from api.ops.services import Now, Reading
from api.problems import Kind, Problem
from db.queries.locks import held_locks
from db.queries.ops.runs import (
    RunRow,
    StageRow,
    region_names,
    run_before,
    runs_called,
    runs_since,
    stages_of,
    stages_running,
)

section = Section("runs", "Runs")

State: TypeAlias = Literal["running", "done", "incomplete", "failed", "interrupted"]

IsAlive: TypeAlias = Callable[[str | None, datetime], bool]
"""Whether a job that is marked as running really runs, given its region and the time of its last heartbeat."""

WORST_FIRST: tuple[State, ...] = ("failed", "interrupted", "incomplete", "running", "done")

HISTORY = timedelta(days=14)
SILENT_AFTER = timedelta(seconds=15)
"""A running job writes a heartbeat once a second; after this long without one, something is wrong with it."""
MAX_RUNS = 60

_AS_STORED = ("id", "run_id", "region", "job", "started_at", "counts", "error", "doing", "done", "total")


class Stage(BaseModel):
    """A job of a run. `doing`, `done` and `total` are its progress, or its progress when it stopped."""

    id: int
    run_id: str
    region: str | None
    job: str
    state: State
    started_at: datetime
    seconds: float
    doing: str | None
    done: int | None
    total: int | None
    silent_s: float | None
    """Seconds since its last heartbeat, when that is overdue; None otherwise."""
    counts: dict[str, int]
    error: str | None
    seconds_before: float | None
    """How long the job took in the run before; None when that run had no such job."""
    counts_before: dict[str, int]


class Run(BaseModel):
    """A run in short. `incomplete` means that a job failed and the others were done."""

    run_id: str
    region: str | None
    """None when the run prepared a title by hand."""
    state: State
    started_at: datetime
    seconds: float
    jobs: int


class RegionRuns(BaseModel):
    """The last run of a region, the last complete one before it, and the durations of its runs in order of time."""

    region: str | None
    last: Run
    before: Run | None
    durations_s: list[float]


class Live(BaseModel):
    """The jobs that are running now."""

    running: list[Stage]


class Runs(Live):
    """The runs of the last two weeks. Regions whose last run has a problem come first."""

    regions: list[RegionRuns]
    runs: list[Run]
    """The latest runs of all regions."""
    names: Mapping[str, str]
    """The names of the regions, by code."""


class RunDetail(BaseModel):
    """One run, and the last complete one of the same region before it."""

    run: Run
    before: Run | None
    stages: list[Stage]
    names: Mapping[str, str]
    """The names of the regions, by code."""


@section.page("runs.html")
def figures(session: Reading, now: Now) -> Runs:
    """What is running, how the last run of each region went, and the latest runs."""
    rows = runs_since(session, now - HISTORY)
    is_alive = _liveness(session, {row.region for row in rows}, now)
    runs = [_run(row, is_alive, now) for row in rows]
    codes = sorted({run.region for run in runs}, key=lambda code: (code is None, code or ""))
    regions = [_region(code, [run for run in runs if run.region == code]) for code in codes]
    return Runs(
        running=live(session, now).running,
        regions=sorted(regions, key=lambda region: WORST_FIRST.index(region.last.state)),
        runs=runs[:MAX_RUNS],
        names=region_names(session),
    )


@section.router.get("/api/runs/live")
def live(session: Reading, now: Now) -> Live:
    """The jobs that are running now, with their progress. The answer is small, since browsers ask for it often."""
    rows = stages_running(session)
    is_alive = _liveness(session, {row.region for row in rows}, now)
    running = [row for row in rows if is_alive(row.region, row.updated_at or row.started_at)]
    return Live(running=[_stage(row, is_alive, now, _jobs(session, _before(session, row))) for row in running])


@section.page("run.html", "/{run_id}")
def run(session: Reading, now: Now, run_id: str) -> RunDetail:
    """One run, job by job, and the last complete one of the same region before it."""
    rows = stages_of(session, [run_id])
    if not rows:
        raise Problem(Kind.NOT_FOUND, f"No run has the id {run_id}", advice="See `/ops/runs`.")
    is_alive = _liveness(session, {rows[0].region}, now)
    earlier = _before(session, rows[0])
    runs = {key: _run(row, is_alive, now) for key, row in runs_called(session, {run_id, earlier or run_id}).items()}
    jobs = _jobs(session, earlier)
    return RunDetail(
        run=runs[run_id],
        before=runs[earlier] if earlier else None,
        stages=[_stage(row, is_alive, now, jobs) for row in rows],
        names=region_names(session),
    )


def last_runs(session: Session, now: datetime) -> list[Run]:
    """The last run of each region; those with a problem come first."""
    return [region.last for region in figures(session, now).regions]


def _liveness(session: Session, regions: Iterable[str | None], now: datetime) -> IsAlive:
    """Returns the function that says whether a job runs.

    The process that indexes a region holds a lock with its name in the database. There is no lock for a title prepared
    by hand: there, the heartbeat must be recent.
    """
    held = held_locks(session, [f"index {region}" for region in regions if region])
    return lambda region, seen_at: f"index {region}" in held if region else now - seen_at < SILENT_AFTER


def _before(session: Session, row: StageRow) -> str | None:
    return run_before(session, row.region, row.run_id)


def _jobs(session: Session, run_id: str | None) -> Mapping[str, StageRow]:
    """The jobs of a run by name."""
    return {row.job: row for row in stages_of(session, [run_id])} if run_id else {}


def _run(row: RunRow, is_alive: IsAlive, now: datetime) -> Run:
    state = _state(row, is_alive)
    seconds = ((now if state == "running" else row.seen_at) - row.started_at).total_seconds()
    return Run(
        run_id=row.run_id, region=row.region, state=state, started_at=row.started_at, seconds=seconds, jobs=row.jobs
    )


def _state(row: RunRow, is_alive: IsAlive) -> State:
    if row.running and is_alive(row.region, row.seen_at):
        return "running"
    if row.running or row.interrupted:
        return "interrupted"
    if row.failed:
        return "incomplete" if row.last_state == "done" else "failed"
    return "done"


def _region(region: str | None, runs: Sequence[Run]) -> RegionRuns:
    """`runs` are those of the region, the latest first."""
    before = next((run for run in runs[1:] if run.state == "done"), None)
    return RegionRuns(region=region, last=runs[0], before=before, durations_s=[run.seconds for run in reversed(runs)])


def _stage(row: StageRow, is_alive: IsAlive, now: datetime, before: Mapping[str, StageRow]) -> Stage:
    seen_at = row.updated_at or row.started_at
    running = row.state == "running" and is_alive(row.region, seen_at)
    state: State = "interrupted" if row.state == "running" and not running else row.state
    stopped_at = now if running else row.finished_at or seen_at
    earlier = before.get(row.job)
    return Stage(
        **{field: getattr(row, field) for field in _AS_STORED},
        state=state,
        seconds=(stopped_at - row.started_at).total_seconds(),
        silent_s=(now - seen_at).total_seconds() if running and now - seen_at > SILENT_AFTER else None,
        seconds_before=_seconds(earlier),
        counts_before=earlier.counts if earlier else {},
    )


def _seconds(row: StageRow | None) -> float | None:
    return (row.finished_at - row.started_at).total_seconds() if row and row.finished_at else None
