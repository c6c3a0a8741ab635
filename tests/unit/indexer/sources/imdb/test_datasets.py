import gzip
import io
import tracemalloc
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.keys import fold
from indexer.errors import PageChanged, SourceUnavailable
from indexer.sources.imdb import rows as imdb_rows
from indexer.sources.imdb import tables as imdb_tables
from indexer.sources.imdb.rows import Wanted, Years

BASICS = "tconst titleType primaryTitle originalTitle isAdult startYear endYear runtimeMinutes genres"
PRINCIPALS = "tconst ordering nconst category job characters"


def table(header: str, rows: Iterable[str]) -> bytes:
    return "".join("\t".join(line.split(" ")) + "\n" for line in [header, *rows]).encode()


PARTS = table(PRINCIPALS, (rf'tt{n:07} 1 nm{n % 7:07} actor \N ["Role{n}"]' for n in range(1, 30_001)))


def casts(content: bytes) -> dict[str, list[imdb_rows.Principal]]:
    return imdb_rows.read_casts(io.BytesIO(content), {"tt0000003", "tt0029999"})


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda data: data.replace(b"\n", b"\r\n")])
def test_a_table_is_read_packed_or_not(pack: Callable[[bytes], bytes]) -> None:
    found = casts(pack(PARTS))

    assert [(part.person_id, part.role) for cast in found.values() for part in cast] == [
        ("nm0000003", "Role3"),
        ("nm0000004", "Role29999"),
    ]


def test_the_last_row_counts_without_its_line_break() -> None:
    assert "tt0029999" in casts(PARTS[: PARTS.rindex(b"tt0030000") - 1])


@pytest.mark.parametrize("cut", [20, 5_000, -9])
def test_a_packed_table_that_breaks_off_is_unavailable(cut: int) -> None:
    with pytest.raises(SourceUnavailable, match=r"title\.principals broke off"):
        casts(gzip.compress(PARTS)[:cut])


def test_a_damaged_packed_table_is_unavailable() -> None:
    packed = bytearray(gzip.compress(PARTS))
    packed[len(packed) // 2] ^= 0xFF

    with pytest.raises(SourceUnavailable, match="broke off"):
        casts(bytes(packed))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no column tconst"),
        (b"<html><body>Maintenance</body></html>", "no column tconst"),
        (gzip.compress(b"\xff\xd8\xff\xe0\n", mtime=0), "no column tconst"),
        (PARTS.replace(b"nconst", b"person", 1), "no column nconst"),
        (table(PRINCIPALS, []), "a header and no row"),
        (table(PRINCIPALS, ["x" * (3 << 20)]), "not a table"),
    ],
    ids=["empty", "a page", "a packed picture", "another column", "no row", "one endless line"],
)
def test_another_document_is_an_alarm_that_says_why(content: bytes, said: str) -> None:
    with pytest.raises(PageChanged, match=said):
        casts(content)


def test_a_table_that_unpacks_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imdb_tables, "MAX_UNPACKED_BYTES", 8 << 20)

    with pytest.raises(SourceUnavailable, match="refused"):
        casts(gzip.compress(PARTS + b"tt\n" * (4 << 20), compresslevel=1))


def test_a_long_table_is_read_in_little_memory() -> None:
    stream = io.BytesIO(gzip.compress(PARTS * 20, compresslevel=1))
    tracemalloc.start()
    imdb_rows.read_casts(stream, {"tt0000003"})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 12 << 20 < len(PARTS) * 20


def test_columns_may_change_places() -> None:
    content = table("nconst tconst category ordering characters job new", [r'nm1 tt3 actress 1 ["A"] \N x'])

    assert imdb_rows.read_casts(io.BytesIO(content), {"tt3"})["tt3"][0].role == "A"


@given(st.text(max_size=30))
def test_titles_are_compared_folded(title: str) -> None:
    assert imdb_rows._key(title.encode()) == fold(title)


def find(wanted: Wanted, *rows: str) -> list[str]:
    found = imdb_rows.find_titles(io.BytesIO(table(BASICS, rows)), [wanted], {})
    return [record.ids["imdb"] for record in found[wanted]]


def test_a_title_of_another_country_is_found_where_nothing_is_called_so_itself() -> None:
    rows = [
        r"tt1 movie Harbor Harbor 0 2000 \N \N \N",
        r"tt2 movie Port Port 0 1999 \N \N \N",
        r"tt3 tvEpisode Harbor Harbor 0 2000 \N \N \N",
    ]
    port, hafen = Wanted("Port", "film"), Wanted("Häfen", "film", 2001)
    akas = io.BytesIO(table("titleId ordering title region", ["tt1 1 Port FR", "tt1 2 Hafen DE", "tt3 1 Hafen DE"]))
    elsewhere = imdb_rows.find_other_titles(akas, [port, hafen])

    found = imdb_rows.find_titles(io.BytesIO(table(BASICS, rows)), [port, hafen], elsewhere)

    assert [record.ids["imdb"] for record in found[port]] == ["tt2"]
    assert [(record.ids["imdb"], record.titles) for record in found[hafen]] == [("tt1", ("Harbor", "Häfen"))]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted("Port"), ["tt1", "tt2", "tt3", "tt4"]),
        (Wanted("pört", "film"), ["tt1", "tt2"]),
        (Wanted("Port", "other", 1999), ["tt2", "tt1", "tt4"]),
        (Wanted("Port", "film", 2000), ["tt1", "tt2"]),
        (Wanted("Port", "film", 2010), []),
        (Wanted("Port", "series", 2012), ["tt3"]),
        (Wanted("Port", "series", 2030), []),
        (Wanted("Harbour"), []),
    ],
)
def test_titles_are_found_by_kind_and_year(wanted: Wanted, expected: list[str]) -> None:
    rows = [
        r"tt1 movie Port Port 0 2000 \N \N \N",
        r"tt2 tvMovie Port Port 0 1999 \N \N \N",
        r"tt3 tvSeries Port Port 0 2008 2012 \N \N",
        r"tt4 tvSpecial Port Port 0 \N \N \N \N",
        r"tt5 videoGame Port Port 0 2000 \N \N \N",
    ]

    assert sorted(find(wanted, *rows)) == sorted(expected)
    if wanted.year:
        assert find(wanted, *rows)[:1] == expected[:1]


@given(st.dictionaries(st.integers(0, 3_000_000), st.integers(1871, 2125)))
def test_years_are_kept_exactly(years: dict[int, int]) -> None:
    kept = Years()
    for number, year in years.items():
        kept[f"tt{number:07}"] = year

    assert {number: kept[f"tt{number:07}"] for number in years} == years
    assert kept["tt9999999"] is None
    assert kept["ttx"] is None


def test_impossible_ids_and_years_cost_no_memory() -> None:
    years = Years()
    years["tt" + "9" * 30] = 2000
    years["tt999999999"] = 2000
    years["tt1"] = 1066

    assert years["tt1"] is None
    assert years["tt999999999"] is None


def test_a_career_is_the_latest_parts_newest_first() -> None:
    titles = {f"tt{number:07}": 1950 + number * 37 % 76 for number in range(300)}
    basics = table(BASICS, (rf"{title} movie T{title} T{title} 0 {year} \N \N \N" for title, year in titles.items()))
    episode = r"tt0000400 tvEpisode E E 0 2026 \N \N \N"
    parts = table(PRINCIPALS, (rf"{title} 1 nm1 actor \N \N" for title in [*titles, "tt0000400"]))

    years = imdb_rows.read_years(io.BytesIO(basics + table(episode, [])))
    career = imdb_rows.read_careers(io.BytesIO(parts), {"nm1"}, years, keep=10)["nm1"]

    latest = sorted(titles, key=lambda title: (titles[title], title), reverse=True)[:10]
    assert [(part.title_id, part.year) for part in career] == [(title, titles[title]) for title in latest]


def test_titles_are_told_by_id() -> None:
    content = table(BASICS, [r"tt1 movie Port Hafen 0 2000 \N \N \N", r"tt2 movie \N \N 0 2000 \N \N \N"])
    found: Any = imdb_rows.read_titles(io.BytesIO(content), {"tt1", "tt2", "tt3"})

    assert {title_id: record.titles for title_id, record in found.items()} == {"tt1": ("Port", "Hafen")}
