"""Measures indexing a guide, with replicas of all sources on loopback: `python -m benchmarks.night --guide FILE`."""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.machine import describe_machine
from benchmarks.night.costs import INTERVAL_S, Costs
from benchmarks.night.guides import shifted, with_films
from benchmarks.night.indexing import FACENET
from benchmarks.night.sandbox import Sandbox, open_sandbox
from benchmarks.night.scenario import KilledNight, Nights, failures, run_scenario
from benchmarks.night.snapshot import differences
from benchmarks.paths import ROOT
from db.engine import open_database
from db.migrate import upgrade
from db.server import remove_server, running_server
from faces.models.prepare import demo_photos, prepare_models

NEW_FILMS = [["Nora Newcomer", "Nils Newcomer", "Ona Newcomer"], ["Nora Newcomer", "Otto Newcomer"]]


def main() -> None:
    """Run the scenario, print the tables, and write the JSON file. Exits with an error when a check fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--guide", type=Path, required=True, help="an XMLTV file")
    parser.add_argument("--day", type=date.fromisoformat, default=date(2026, 8, 20), help="the day that it covers")
    parser.add_argument("--seed", type=int, default=1, help="seeds the moments of the kills")
    parser.add_argument("--pause", type=float, default=20, help="seconds from the start of a job to its kill, at most")
    parser.add_argument("--json", type=Path, help="a file for the figures")
    options = parser.parse_args()
    machine = describe_machine()
    with two_sandboxes(options.guide.read_bytes(), options.day) as (sandbox, other):
        nights, killed = run_scenario(sandbox, other, options.day, seed=options.seed, pause_s=options.pause)
    print(*lines(nights, killed), sep="\n")
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        figures = {"machine": machine, "at": datetime.now().astimezone().isoformat(), **_plain(nights, killed)}
        options.json.write_text(json.dumps(figures, indent=1, default=str))
    if found := list(failures(nights, killed)):
        sys.exit("\n".join(["\nNot as it must be:", *found]))


@contextmanager
def two_sandboxes(guide: bytes, day: date) -> Iterator[tuple[Sandbox, Sandbox]]:
    """Two equal sandboxes with guides for two days: the guide's day, and the next one with a few new films."""
    tomorrow = day + timedelta(days=1)
    guides = {day: guide, tomorrow: with_films(shifted(guide, 1), tomorrow, "Newcomers", NEW_FILMS)}
    models = prepare_models(ROOT / "var" / "models", FACENET).parent
    faces = demo_photos(ROOT / "var" / "downloads") / "train"
    root = Path(tempfile.mkdtemp(prefix="fta-night-"))
    try:
        with running_server(root) as server, ExitStack() as opened:
            sandboxes = []
            for name in ("whole", "killed"):
                with open_database(server, root) as engine, engine.connect() as connection:
                    committing = connection.execution_options(isolation_level="AUTOCOMMIT")
                    committing.exec_driver_sql(f"CREATE DATABASE {name}")
                    url = engine.url.set(database=name).render_as_string(hide_password=False)
                with open_database(url, root) as engine:
                    upgrade(engine)
                (root / name).mkdir()
                sandboxes.append(opened.enter_context(open_sandbox(url, root / name, models, guides, faces)))
            yield sandboxes[0], sandboxes[1]
        remove_server(root)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def lines(nights: Nights, killed: KilledNight) -> Iterator[str]:
    """The figures as Markdown tables."""
    yield "\n| compared with the truth | first night | wrong | next day | wrong |\n| --- | --- | --- | --- | --- |"
    for name, check in nights.checks.items():
        later = nights.next_day_checks[name]
        yield f"| {name} | {check.compared} | {len(check.wrong)} | {later.compared} | {len(later.wrong)} |"
    yield from _costs_in(nights.first_costs)
    yield f"\n{nights.on_screen} people on screen; {nights.split} humans are two; {len(nights.strangers)} strangers."
    yield f"Second night: {len(nights.second_requests)} requests, changed: {nights.changed_by_second or 'nothing'}."
    again = len(nights.asked_again_on_next_day)
    yield f"Next day: {sum(nights.next_day_costs.by_host.values())} requests, {again} people asked about again."
    yield "\n| job | first night, s | second | next day |\n| --- | --- | --- | --- |"
    for job, record in nights.first.jobs.items():
        seconds = [record["seconds"], nights.second.jobs[job]["seconds"], nights.next_day.jobs[job]["seconds"]]
        yield f"| {job} | {' | '.join(f'{value:.1f}' for value in seconds)} |"
    yield f"\nMemory: {nights.first.memory_mb:.0f} MB at most."
    changed = {table: len(one) + len(two) for table, (one, two) in differences(nights.stored, killed.stored).items()}
    yield f"{len(killed.kills)} kills; repeated after each: {killed.repeated}; changed: {changed or 'nothing'}."


def _costs_in(cost: Costs) -> Iterator[str]:
    yield "\n| host | requests | a person, mean (median) | at its pace, h |\n| --- | --- | --- | --- |"
    for host in INTERVAL_S:
        mean, median = cost.of_a_person(host)
        yield f"| {host} | {cost.by_host.get(host, 0)} | {mean:.2f} ({median:.0f}) | {cost.hours[host]:.2f} |"
    mean, median = cost.of_a_person()
    yield f"| all | {sum(cost.by_host.values())} | {mean:.2f} ({median:.0f}) | |"
    about = ", ".join(f"{count} about {what}" for what, count in cost.about.items())
    yield f"\n{len(cost.per_person)} people asked about; {about}; {cost.repeated} repeated."


def _plain(nights: Nights, killed: KilledNight) -> Mapping[str, Any]:
    """The figures for the JSON file, without the snapshots."""
    figures = {key: value for key, value in asdict(nights).items() if key != "stored"}
    for name, cost in {"first_costs": nights.first_costs, "next_day_costs": nights.next_day_costs}.items():
        of_a_person = {host: cost.of_a_person(host) for host in INTERVAL_S} | {"all": cost.of_a_person()}
        figures[name] = {"by host": cost.by_host, "about": cost.about, "a person": of_a_person, "hours": cost.hours}
    changed = differences(nights.stored, killed.stored)
    kills = [asdict(kill) | {"repeated": again} for kill, again in zip(killed.kills, killed.repeated, strict=True)]
    return {**figures, "kills": kills, "changed by kills": changed}


if __name__ == "__main__":
    main()
