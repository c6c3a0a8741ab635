"""Points in time, as guides write them: XMLTV's own form, ISO 8601, and zones by name."""

import re
from datetime import UTC, datetime, timedelta, timezone

_MOMENT = re.compile(
    r"(\d{4})(-?)(\d\d)\2(\d\d)"  # date
    r"(?:[T ]?(\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?)?)?"  # time
    r"\s*(?:(?:UTC|GMT)?([+-])(\d\d?)(?::?(\d\d))?|([A-Z]+))?",  # offset, or the name of a zone
    re.ASCII | re.IGNORECASE,
)

_HOURS = {
    "Z": 0, "UTC": 0, "GMT": 0, "UT": 0, "WET": 0, "WEST": 1, "BST": 1, "IST": 1, "CET": 1, "MET": 1, "MEZ": 1,
    "CEST": 2, "MEST": 2, "MESZ": 2, "EET": 2, "EEST": 3, "MSK": 3, "SAST": 2, "NST": -3.5, "NDT": -2.5, "AST": -4,
    "ADT": -3, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9,
    "AKDT": -8, "HST": -10, "JST": 9, "AWST": 8, "ACST": 9.5, "ACDT": 10.5, "AEST": 10, "AEDT": 11, "NZST": 12,
    "NZDT": 13,
}  # fmt: skip
"""Offsets of zones by name. Of a name with several meanings, the one of the regions that are indexed is taken: BST is
British (not Bangladesh), IST Irish (not India or Israel), CST and AST are North American (not China, not Arabia)."""
ZONES = {name: timezone(timedelta(hours=hours)) for name, hours in _HOURS.items()}


def moment(text: str) -> datetime:
    """`20260820210500 +0200` or `2026-08-20T21:05:00+02:00` as aware UTC. `ValueError` when it is no time.

    Without a zone it is UTC. Of an incomplete time, what is missing is zero (XMLTV allows any initial part from the
    day on). 24:00 is no time: guides that write it do not agree on which midnight they mean.
    """
    found = _MOMENT.fullmatch(" ".join(text.split()))
    if found is None:
        raise ValueError(f"{text!r} is no time.")
    year, _, month, day, hour, minute, second, sign, hours, minutes, zone = found.groups()
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    if zone and zone.upper() not in ZONES:
        raise ValueError(f"{text!r} has an unknown time zone.")
    where = ZONES[zone.upper()] if zone else timezone(-offset if sign == "-" else offset) if sign else UTC
    try:
        return datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=where
        ).astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text!r} is out of range.") from None
