import gzip
import io
import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from indexer.errors import PageChanged, SourceUnavailable
from indexer.sources.records import Listing
from indexer.sources.xmltv import guide as xmltv
from indexer.window import day_window
from tests.paths import RECORDINGS

RECORDINGS = RECORDINGS / "xmltv"
WINDOW = day_window(date(2026, 8, 20), 1, "Europe/Paris")

PROGRAMME = (
    '<programme start="20260820{hour}0000" stop="20260820{hour}3000" channel="a"><title>{hour}</title></programme>'
)
GUIDE = '<tv><channel id="a"><display-name>Alpha</display-name></channel>{}</tv>'.format(
    "".join(PROGRAMME.format(hour=hour) for hour in range(10, 20))
).encode()


def parse(data: bytes) -> Listing:
    return xmltv.parse(io.BytesIO(data), around=WINDOW, language="fr")


def as_json(listing: Listing) -> Any:
    return json.loads(json.dumps(asdict(listing), default=lambda moment: moment.isoformat()))


@pytest.mark.parametrize("case", sorted(RECORDINGS.glob("*.xml")), ids=lambda path: path.stem)
def test_a_recorded_guide_is_read_as_expected(case: Path) -> None:
    assert as_json(parse(case.read_bytes())) == json.loads(case.with_suffix(".expected.json").read_text("utf-8"))


def test_a_packed_guide_is_the_same_guide() -> None:
    assert parse(gzip.compress(GUIDE)) == parse(GUIDE)


def test_other_encodings_are_read() -> None:
    text = '<?xml version="1.0" encoding="{}"?>' + GUIDE.decode().replace("Alpha", "Chaîne")

    for encoding in ("iso-8859-1", "utf-16", "utf-8-sig"):
        declared = text.format("utf-8" if encoding == "utf-8-sig" else encoding)
        assert parse(declared.encode(encoding)).channels[0].name == "Chaîne"


@pytest.mark.parametrize("data", [GUIDE[:-300], gzip.compress(GUIDE[:-300])], ids=["plain", "packed"])
def test_a_guide_that_breaks_off_gives_what_was_complete_and_says_so(data: bytes) -> None:
    listing = parse(data)

    assert 0 < len(listing.airings) < 10
    assert listing.problem is not None
    assert "broke off" in listing.problem


def test_a_packed_guide_cut_in_the_middle_says_so() -> None:
    noise = "".join(PROGRAMME.format(hour=10 + n % 10).replace("<title>", f"<title>{n * n}") for n in range(20_000))
    packed = gzip.compress(GUIDE.replace(b"</tv>", noise.encode() + b"</tv>"))

    listing = parse(packed[: len(packed) // 2])

    assert listing.airings
    assert listing.problem


def test_a_guide_whose_last_tag_is_damaged_did_not_break_off() -> None:
    for end in (b"</xv>", b"x/tv>", b"<tv>", b"</tv", b"</t v>"):
        listing = parse(GUIDE.removesuffix(b"</tv>") + end)

        assert (len(listing.airings), listing.problem) == (10, None), end


def test_a_guide_that_breaks_off_between_two_programmes_or_inside_a_tag_says_so() -> None:
    for end in (b"", b"\n ", b"<", b"<programme", b'<programme start="2026'):
        listing = parse(GUIDE.removesuffix(b"</tv>") + end)

        assert len(listing.airings) == 10
        assert listing.problem, end


def test_a_guide_that_breaks_off_before_any_programme_is_no_guide() -> None:
    with pytest.raises(SourceUnavailable, match="before its first programme"):
        parse(GUIDE[:40])


@pytest.mark.parametrize(
    "data",
    [b"", b"not xml", b"{}", b"<!doctype html><html><p>Maintenance", b"<html><body/></html>", b"\xff\xd8\xff\xe0"],
    ids=["empty", "text", "json", "broken html", "html", "jpeg"],
)
def test_what_is_no_guide_is_an_alarm(data: bytes) -> None:
    with pytest.raises(PageChanged, match="no XMLTV guide"):
        parse(data)


def test_a_guide_without_programmes_is_an_alarm_and_not_an_empty_evening() -> None:
    with pytest.raises(PageChanged, match="None of the guide's 0 programmes"):
        parse(b"<tv></tv>")


def test_a_guide_of_which_nothing_can_be_read_is_an_alarm() -> None:
    with pytest.raises(PageChanged, match="bad_time"):
        parse(GUIDE.replace(b"20260820", b"20/08/20"))


def test_entities_are_never_expanded() -> None:
    laughs = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
    bomb = f'<!DOCTYPE tv [<!ENTITY l0 "ha">{laughs}]>' + GUIDE.decode().replace("Alpha", "&l9;")

    with pytest.raises(PageChanged, match="entities"):
        parse(bomb.encode())


def test_a_bomb_in_an_attribute_of_the_root_is_refused() -> None:
    laughs = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
    bomb = f'<!DOCTYPE tv [<!ENTITY l0 "ha">{laughs}]>' + GUIDE.decode().replace("<tv>", '<tv date="&l9;">')

    with pytest.raises(PageChanged):
        parse(bomb.encode())


def test_files_of_this_machine_are_never_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    guide = f'<!DOCTYPE tv [<!ENTITY x SYSTEM "{secret.as_uri()}">]>' + GUIDE.decode().replace("Alpha", "&x;")

    with pytest.raises(PageChanged, match="entities"):
        parse(guide.encode())


def test_an_external_dtd_is_not_loaded(tmp_path: Path) -> None:
    dtd = tmp_path / "xmltv.dtd"
    dtd.write_text('<!ATTLIST programme channel CDATA "from-the-dtd">')
    guide = f'<!DOCTYPE tv SYSTEM "{dtd.as_uri()}">'.encode() + GUIDE.replace(b' channel="a"', b"", 1)

    assert parse(guide).skipped == {"no_channel": 1}


def test_a_guide_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xmltv, "MAX_UNPACKED_BYTES", len(GUIDE) - 1)

    with pytest.raises(SourceUnavailable, match="once unpacked"):
        parse(gzip.compress(GUIDE))


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match=r"guide\.xml cannot be opened"), xmltv.opened(tmp_path / "guide.xml"):
        pass
