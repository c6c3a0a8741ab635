"""An XMLTV guide whose times lie around now, from the programmes of `evening.toml`."""

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

EVENING = Path(__file__).with_name("evening.toml")
BEFORE = timedelta(hours=3)
AFTER = timedelta(hours=24)
"""Far enough for the next prime time, whenever the demo is run."""
LEAD_IN = timedelta(minutes=30)
"""How long before the current half hour each channel's first programme started."""


def half_hour(moment: datetime) -> datetime:
    """The start of the UTC half hour that contains `moment`."""
    moment = moment.astimezone(UTC)
    return moment.replace(minute=moment.minute // 30 * 30, second=0, microsecond=0)


def write_guide(path: Path, now: datetime) -> None:
    """Write the guide around `now` (aware) as an XMLTV file."""
    guide = Element("tv", {"generator-info-name": "findtheactor demo"})
    channels = tomllib.loads(EVENING.read_text(encoding="utf-8"))["channel"]
    for channel in channels:
        SubElement(SubElement(guide, "channel", id=channel["id"]), "display-name").text = channel["name"]
    for channel in channels:
        for start, programme in _timetable(channel["programme"], half_hour(now)):
            guide.append(_airing(channel["id"], start, programme))
    indent(guide)
    ElementTree(guide).write(path, encoding="utf-8", xml_declaration=True)


def _timetable(programmes: list[dict[str, Any]], now: datetime) -> Iterator[tuple[datetime, dict[str, Any]]]:
    """The programmes in a loop, such that the first of them has just begun at `now`."""
    loop = timedelta(minutes=sum(programme["minutes"] for programme in programmes))
    start = now - LEAD_IN
    while start > now - BEFORE:
        start -= loop
    for programme in cycle(programmes):
        if start >= now + AFTER:
            return
        yield start, programme
        start += timedelta(minutes=programme["minutes"])


def _airing(channel_id: str, start: datetime, programme: dict[str, Any]) -> Element:
    stop = start + timedelta(minutes=programme["minutes"])
    airing = Element("programme", start=_xmltv_time(start), stop=_xmltv_time(stop), channel=channel_id)
    SubElement(airing, "title", lang="fr").text = programme["title"]
    title, season, number = programme.get("episode", (None, None, None))
    if title:
        SubElement(airing, "sub-title", lang="fr").text = title
    _add_credits(airing, programme)
    if "year" in programme:
        SubElement(airing, "date").text = str(programme["year"])
    SubElement(airing, "category", lang="fr").text = programme["kind"]
    if title:
        SubElement(airing, "episode-num", system="xmltv_ns").text = f"{season - 1}.{number - 1}."
    return airing


def _add_credits(airing: Element, programme: dict[str, Any]) -> None:
    credits_ = Element("credits")
    if "director" in programme:
        SubElement(credits_, "director").text = programme["director"]
    for name, role in programme.get("actors", []):
        SubElement(credits_, "actor", role=role).text = name
    if "presenter" in programme:
        SubElement(credits_, "presenter").text = programme["presenter"]
    for name, role in programme.get("guests", []):
        SubElement(credits_, "guest").text = f"{name} ({role})"
    if len(credits_):
        airing.append(credits_)


def _xmltv_time(moment: datetime) -> str:
    return moment.strftime("%Y%m%d%H%M%S +0000")
