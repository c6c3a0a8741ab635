"""`findtheactor coverage`: which people on screen are known, and why the others are not."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer
from rich.table import Table

from cli.console import print_json, stdout
from cli.index import FirstDay, RegionOption

if TYPE_CHECKING:
    from db.queries.coverage import AiringCoverage
    from indexer.galleries.coverage import Coverage


def coverage(
    region: RegionOption,
    first: FirstDay = None,
    days: Annotated[int, typer.Option(min=1, max=14, help="Number of local days.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print every slot, airing and person as JSON.")] = False,
) -> None:
    """Show for each airing how many people of its cast are known, and why the others are not."""
    from db.engine import open_database
    from indexer.galleries.coverage import measure_coverage
    from indexer.regions import load_region
    from indexer.window import day_window
    from settings.deployment import Deployment

    settings = Deployment()
    zone = load_region(region).time_zone
    window = day_window(_first_day(first, zone), days, zone)
    with open_database(settings.database_url, settings.data_dir) as engine:
        found = measure_coverage(engine, region, window)
    if as_json:
        print_json(found)
    else:
        stdout.print(_table(found.airings, ZoneInfo(zone)))
        stdout.print(_summary(found.airings))
        for line in _alarms(found, ZoneInfo(zone)):
            stdout.print(line, markup=False)


def _first_day(first: datetime | None, zone: str) -> date:
    return first.date() if first else datetime.now(UTC).astimezone(ZoneInfo(zone)).date()


def _table(airings: "Sequence[AiringCoverage]", zone: ZoneInfo) -> Table:
    table = Table("from", "to", "channel", "programme", "known", "why not all")
    for airing in airings:
        start, stop = (moment.astimezone(zone) for moment in (airing.start, airing.stop))
        reasons = Counter(person.reason for person in airing.people if person.reason)
        table.add_row(
            f"{start:%a %H:%M}",
            f"{stop:%H:%M}",
            airing.channel_name,
            airing.title,
            f"{airing.known}/{len(airing.people)}" if airing.people else "–",
            ", ".join(f"{reason} ({count})" for reason, count in reasons.items()) or airing.reason,
        )
    return table


def _summary(airings: "Sequence[AiringCoverage]") -> str:
    with_cast = sum(bool(airing.people) for airing in airings)
    with_face = sum(bool(airing.known) for airing in airings)
    return f"{len(airings)} airings: {with_cast} with a cast, {with_face} with at least one known face."


def _alarms(found: "Coverage", zone: ZoneInfo) -> list[str]:
    """What is wrong with the listings: channels that no source lists any more, and sources that are damaged."""
    last = {
        channel.name: f"since {channel.last_listed.astimezone(zone):%Y-%m-%d}" if channel.last_listed else "ever"
        for channel in found.unlisted_channels
    }
    unlisted = [f"No source has listed {name} {when}: was it renamed?" for name, when in last.items()]
    return unlisted + [f"{source}: {detail}" for source, detail in found.source_details.items()]
