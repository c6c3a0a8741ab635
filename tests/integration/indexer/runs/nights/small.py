"""A guide of one evening, small enough to be read, with at least one work for each hole in the world made from it."""

from datetime import date, timedelta

TODAY = date(2026, 8, 20)
TOMORROW = TODAY + timedelta(days=1)

NAMES = [f"Actor {number:02}" for number in range(40)]


def _programme(place: int, kind: str, title: str, cast: list[str], more: str = "") -> str:
    channel, hour = divmod(place, 12)
    stamps = f'start="20260820{hour + 9:02}0000 +0200" stop="20260820{hour + 10:02}0000 +0200"'
    last = "actor" if kind else "presenter"
    credits = "".join(f'<actor role="Part of {name}">{name}</actor>' for name in cast[:-1])
    credits += "".join(f"<{last}>{name}</{last}>" for name in cast[-1:]) + "<director>Di Rector</director>"
    category = f"<category>{kind}</category>" if kind else ""
    return (
        f'<programme {stamps} channel="c{channel}"><title>{title}</title><credits>{credits}</credits>'
        f"{more}{category}</programme>"
    )


def _cast(place: int) -> list[str]:
    """Three people, some of whom are in the next work too."""
    return [NAMES[(place * 2 + step) % len(NAMES)] for step in range(3)]


FILMS = [_programme(place, "film", f"Film {place}", _cast(place), "<date>2020</date>") for place in range(10)]
SERIES = [
    _programme(
        place, "série", f"Série {place}", _cast(place),
        f'<date>2019</date><episode-num system="xmltv_ns">0.{place}.</episode-num>',
    )
    for place in range(10, 20)
]  # fmt: skip
SHOWS = [_programme(place, "", f"Show {place}", _cast(place)) for place in range(20, 30)]
REPEATS = [_programme(30, "série", "Série 12", _cast(12)), _programme(31, "série", "Série 13", [])]
REST = [_programme(32, "", "The news", []), _programme(33, "film", "Film without a cast", [])]
CHANNELS = "".join(f'<channel id="c{n}"><display-name>Channel {n}</display-name></channel>' for n in range(3))
SMALL = f"<tv>{CHANNELS}{''.join([*FILMS, *SERIES, *SHOWS, *REPEATS, *REST])}</tv>".encode()
