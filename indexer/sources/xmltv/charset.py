"""The text of a guide, whatever its bytes are: the encoding that it is really in, and each bad byte replaced alone."""

import codecs
import re
from collections import Counter
from collections.abc import Iterable, Iterator

_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]+)""")
_LEGACY = re.compile(r"(?:iso-?8859-?\d+|latin-?\d+|(?:windows-|cp)125\d|koi8-[ru]|shift_jis|euc-(?:jp|kr)|gb\w+|big5)")
"""Encodings in which ASCII is ASCII; no other one is looked up."""
_LATIN = "windows-1252"
"""What a guide is in that is not in the UTF-8 it claims. Every text in ISO 8859-1 is also in it."""
_HEAD_BYTES = 512
_BAD = re.compile("[\udc80-\udcff]+")
_NOT_ASCII = re.compile("[^\0-\x7f\udc80-\udcff]")
_CUT = re.compile("[\udcc2\udcc3](?![\udc80-\udcff])|[\udce0-\udcf4][\udc80-\udcbf]+")
"""What is left of a character that was cut: it cannot be known, while any other bad byte is taken for Windows-1252."""


def decoded(chunks: Iterable[bytes], encoding: str, damage: Counter[str]) -> Iterator[str]:
    """The text of the chunks in the encoding that `encoding_of` found; `damage` counts what cannot be decoded."""
    if encoding != "utf-8":
        for text in codecs.iterdecode(chunks, encoding, errors="replace"):
            damage["bad_bytes"] += text.count("�")
            yield text
        return
    held = ""
    for text in codecs.iterdecode(chunks, encoding, errors="surrogateescape"):
        text, held = held + text, ""
        if tail := re.search("[\udc80-\udcff]+$", text):  # the next chunk may go on with bad bytes
            text, held = text[: tail.start()], tail[0][-8:]
            text += _mended(tail[0][:-8], damage)
        yield _mended(text, damage)
    yield _mended(held, damage)


def encoding_of(chunks: Iterable[bytes], damage: Counter[str]) -> str:
    """The encoding that the guide is in. What it declares is believed only where its bytes do not say otherwise.

    A guide is in UTF-8 when more of its characters are valid UTF-8 than not. Reads all chunks.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    declared, valid, bad = "", 0, 0
    for number, chunk in enumerate(chunks):
        if number == 0:
            if wide := _wide(chunk[:_HEAD_BYTES]):
                return wide
            found = _DECLARED.search(chunk[:_HEAD_BYTES])
            declared = found[1].decode("ascii").lower() if found else ""
        text = decoder.decode(chunk)
        if not text.isascii():
            valid += len(_NOT_ASCII.findall(text))
            bad += len(_BAD.findall(text))
    legacy = _LEGACY.fullmatch(declared) is not None
    is_utf8 = valid > bad if legacy else valid >= bad
    if (legacy and is_utf8 and valid) or (not legacy and not is_utf8):
        damage["wrong_charset"] += 1
    return "utf-8" if is_utf8 else _codec(declared if legacy else _LATIN)


def _wide(head: bytes) -> str | None:
    """UTF-16, which shows by its zeros, with or without a byte order mark."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) * 4 <= len(head):
        return None
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return "utf-16-le" if odd > even else "utf-16-be"


def _codec(declared: str) -> str:
    if re.fullmatch(r"iso-?8859-?1|latin-?1", declared):
        return _LATIN
    try:
        return codecs.lookup(declared).name
    except LookupError:
        return _LATIN


def _mended(text: str, damage: Counter[str]) -> str:
    if not _BAD.search(text):
        return text
    damage["bad_bytes"] += len(_BAD.findall(text))
    text = _CUT.sub("�", text)
    return _BAD.sub(lambda bad: bad[0].encode("utf-8", "surrogateescape").decode(_LATIN, "replace"), text)
