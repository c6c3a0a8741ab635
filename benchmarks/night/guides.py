"""Guides for several nights, derived from one; and a second, simpler reader of guides, as a reference."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from db.keys import slug
from indexer.sources.records import AiringRecord
from indexer.sources.xmltv import guide as xmltv
from indexer.window import Window, day_window

ZONE = "Europe/Paris"
_STAMP = re.compile(rb'((?:start|stop)=")(\d{8})(\d{6})')


class Listed(NamedTuple):
    """An airing in a guide; credits are (name, job, role)."""

    title: str
    stop: datetime
    credits: Counter[tuple[str, str, str | None]]


def read_reference(guide: Path | BytesIO, day: date) -> tuple[dict[tuple[str, datetime], Listed], set[str]]:
    """Read the airings that overlap the day, by (channel, start), and all channels, without the indexer's own code."""
    root = etree.parse(guide, etree.XMLParser(load_dtd=False)).getroot()
    names = {channel.get("id"): slug(channel.findtext("display-name") or "") for channel in root.findall("channel")}
    window = day_window(day, 1, ZONE)
    expected: dict[tuple[str, datetime], Listed] = {}
    for element in root.findall("programme"):
        start, stop = (datetime.strptime(element.get(key, ""), "%Y%m%d%H%M%S %z") for key in ("start", "stop"))
        credits = Counter(
            {
                (_clean(credit.text or ""), str(credit.tag), _clean(credit.get("role", "")) or None)
                for credit in element.findall("credits/*")
            }
        )
        key = names[element.get("channel")], start.astimezone(UTC)
        if window.overlaps(start, stop) and (credits or key not in expected or not expected[key].credits):
            expected[key] = Listed(_clean(element.findtext("title") or ""), stop.astimezone(UTC), credits)
    return expected, set(names.values())


def airings_of(guides: Sequence[bytes], around: Window) -> list[AiringRecord]:
    """The airings that the indexer reads in these guides."""
    return [airing for guide in guides for airing in xmltv.parse(BytesIO(guide), around=around, language="fr").airings]


def shifted(guide: bytes, days: int) -> bytes:
    """The same guide, moved to a later day."""

    def later(found: re.Match[bytes]) -> bytes:
        day = datetime.strptime(found[2].decode(), "%Y%m%d").replace(tzinfo=UTC) + timedelta(days=days)
        return found[1] + f"{day:%Y%m%d}".encode() + found[3]

    return _STAMP.sub(later, guide)


def with_films(guide: bytes, day: date, channel: str, films: Sequence[Sequence[str]]) -> bytes:
    """The guide with one more channel, which shows these films, given by their casts, one hour after the other."""
    shows = "".join(
        f'<programme start="{day:%Y%m%d}{hour:02}0000 +0200" stop="{day:%Y%m%d}{hour + 1:02}0000 +0200" '
        f'channel="{channel}"><title>{channel} {hour}</title>'
        f"<credits>{''.join(f'<actor>{name}</actor>' for name in cast)}</credits>"
        f"<date>2021</date><category>film</category></programme>"
        for hour, cast in enumerate(films, start=8)
    )
    more = f'<channel id="{channel}"><display-name>{channel}</display-name></channel>{shows}</tv>'
    return guide.replace(b"</tv>", more.encode())


def _clean(text: str) -> str:
    return " ".join(text.split())
