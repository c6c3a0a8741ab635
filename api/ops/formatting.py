"""How the dashboard writes figures: times, durations, percentages, sizes and counts."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup


def moment(value: datetime | None, zone: str = "UTC") -> str | Markup:
    """`Sat 22 Nov 21:03 UTC`, or the local time of another zone without its name; `never` for None."""
    if value is None:
        return "never"
    local = value.astimezone(ZoneInfo(zone))
    text = f"{local:%a %-d %b %H:%M}" + (" UTC" if zone == "UTC" else "")
    return Markup('<time datetime="{}">{}</time>').format(value.astimezone(UTC).isoformat(timespec="seconds"), text)


def clock(value: datetime, zone: str) -> Markup:
    """`21:03`, in the zone's local time."""
    local = value.astimezone(ZoneInfo(zone))
    stamp = value.astimezone(UTC).isoformat(timespec="seconds")
    return Markup('<time datetime="{}">{}</time>').format(stamp, f"{local:%H:%M}")


def span(value: timedelta | float | None) -> str:
    """A duration (a number is in seconds; `–` for None): `0.4 s`, `52 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`."""
    if value is None:
        return "–"
    seconds = value.total_seconds() if isinstance(value, timedelta) else float(value)
    if seconds < 10:
        return f"{max(seconds, 0):.1f} s"
    parts: list[str] = []
    for name, length in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        count, seconds = divmod(round(seconds), length)
        if count or parts:
            parts.append(f"{count} {name}" if count else "")
        if len(parts) == 2:
            break
    return " ".join(part for part in parts if part)


def percent(part: float, whole: float = 1.0) -> str:
    """`83 %`. It is 100 % only when `part` is all of `whole`, and 0 % only when `part` is 0; `–` when `whole` is 0."""
    if not whole:
        return "–"
    share = 100 * part / whole
    shown = min(round(share), 99) if part < whole else 100
    return f"{max(shown, 1) if part else 0} %"


def size(octets: float) -> str:
    """`512 B`, `12.3 kB`, `4.0 MB`."""
    for unit in ("B", "kB", "MB", "GB"):
        if octets < 1000 or unit == "GB":
            return f"{octets:.0f} {unit}" if unit == "B" else f"{octets:.1f} {unit}"
        octets /= 1000
    raise AssertionError("unreachable")


def count(value: float) -> str:
    """`12 345`, with narrow no-break spaces."""
    return f"{value:,.0f}".replace(",", "\u202f")


def plural(value: float, one: str, many: str) -> str:
    """`1 person`, `1 234 people`."""
    return f"{count(value)} {one if value == 1 else many}"
