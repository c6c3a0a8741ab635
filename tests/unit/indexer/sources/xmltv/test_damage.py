"""Damage stays where it is: whatever happens to one byte, the programmes without it are read exactly as before."""

import gzip
import re

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from indexer.sources.records import AiringRecord, Listing
from indexer.sources.xmltv import elements, guide
from tests.unit.indexer.sources.xmltv.test_guide import GUIDE, parse

WHOLE = """\ufeff<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE tv SYSTEM "xmltv.dtd">
<!-- written by hand -->
<tv generator-info-name="hand">
  <channel id="a"><display-name>Chaîne A</display-name></channel>
  <channel id="b"><display-name>Bêta</display-name></channel>
  <programme start="20260820100000 +0200" stop="20260820110000 +0200" channel="a"><title>Été &amp; hiver</title>
    <desc><![CDATA[<p>Résumé</p>]]></desc><credits><actor role="Zoé">Gérard Détest</actor></credits></programme>
  <programme start="20260820110000 +0200" stop="20260820120000 +0200" channel="a"><title>Mémé “dit”</title></programme>
  <!-- a note -->
  <programme start="20260820100000 +0200" stop="20260820110000 +0200" channel="b"><title>Œuvre</title></programme>
  <programme start="20260820110000 +0200" stop="20260820120000 +0200" channel="b"><title>Fin</title>
    <date>2020</date></programme>
</tv>
""".encode()
AS_BEFORE = parse(WHOLE).airings
SPANS = [found.span() for found in re.finditer(rb"<programme.*?</programme>", WHOLE, re.S)]


def untouched(*places: int) -> list[AiringRecord]:
    """The airings whose programmes contain none of the places."""
    spans = zip(AS_BEFORE, SPANS, strict=True)
    return [airing for airing, (start, stop) in spans if not any(start <= place < stop for place in places)]


def assert_untouched(listing: Listing, *places: int) -> None:
    for airing in untouched(*places):
        assert airing in listing.airings


places, values = st.integers(0, len(WHOLE) - 1), st.integers(0, 255)


@settings(max_examples=600, deadline=None)
@given(places, values)
@example(WHOLE.index(b"-->"), 0)
@example(WHOLE.index(b"<tv") + 1, ord("x"))
def test_one_byte_is_replaced(place: int, value: int) -> None:
    assert_untouched(parse(WHOLE[:place] + bytes([value]) + WHOLE[place + 1 :]), place)


@settings(max_examples=600, deadline=None)
@given(places)
def test_one_byte_is_lost(place: int) -> None:
    assert_untouched(parse(WHOLE[:place] + WHOLE[place + 1 :]), place)


@settings(max_examples=600, deadline=None)
@given(places, st.binary(min_size=1, max_size=3))
def test_bytes_are_inserted(place: int, inserted: bytes) -> None:
    data = WHOLE[:place] + inserted + WHOLE[place:]
    assume(not data.startswith(b"\x1f\x8b\x08"))  # it then says that it is packed

    assert_untouched(parse(data), place)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(places, st.integers(0x80, 0xFF)), min_size=1, max_size=4))
def test_several_bytes_are_no_utf_8(damage: list[tuple[int, int]]) -> None:
    data = bytearray(WHOLE)
    for place, value in damage:
        data[place] = value

    assert_untouched(parse(bytes(data)), *(place for place, _ in damage))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_where_the_stream_is_cut_makes_no_difference(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = WHOLE.replace("Mémé".encode(), b"M\xe9m\xe9 \xe2\x80 \xc3").replace(b"&amp;", b"&")
    whole = parse(data)
    monkeypatch.setattr(guide, "_READ_BYTES", size)

    assert parse(data) == whole
    assert whole.repaired == {"bad_bytes": 4, "bare_ampersands": 1}


def test_what_has_no_end_takes_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elements, "MAX_ELEMENT", 1000)
    endless = b'<programme start="20260820100000" channel="a"><title>Endless</title>' + b"<desc>x</desc>" * 10_000
    data = GUIDE.replace(b"<programme", endless + b"<!-- " + b"x" * 70_000 + b"<programme", 1)

    listing = parse(data)

    assert len(listing.airings) == 10
    assert listing.skipped == {"damaged": 1}


def test_a_guide_that_cannot_be_unpacked_after_a_while_gives_what_came_before() -> None:
    packed = bytearray(gzip.compress(WHOLE + b" " * 100_000, compresslevel=0))
    packed[70_000:70_010] = b"\0" * 10

    assert parse(bytes(packed)).airings == AS_BEFORE
