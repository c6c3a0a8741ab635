"""Decodes web pages, whatever encoding they declare, and parses them into trees."""

import codecs

from bs4 import BeautifulSoup, Tag
from bs4.dammit import EncodingDetector

from db.keys import storable
from indexer.errors import PageChanged

MAX_DEPTH = 256
"""A page nested deeper is refused: real ones are a fifth as deep, and reading texts costs depth times length."""

_LATIN = frozenset({"iso8859-1", "ascii"})


def decoded(content: bytes, encoding: str | None) -> str:
    """The page as text. `encoding` is the one that the HTTP header declares, None without one.

    Valid UTF-8 is read as UTF-8 whatever is declared: text in another encoding is hardly ever valid UTF-8. Otherwise
    the header's encoding is tried, then the page's own, and last Windows-1252, in which every page can be read.
    """
    declared = EncodingDetector.find_declared_encoding(content, is_html=True)
    for name in ("utf-8-sig", encoding, declared):
        try:
            return content.decode(_codec(name))
        except (LookupError, UnicodeError):
            continue
    return content.decode("cp1252", errors="replace")


def _codec(name: str | None) -> str:
    """Python's name for a declared encoding; Latin-1 on the web means Windows-1252 (WHATWG Encoding, 4.2)."""
    found = codecs.lookup((name or "").strip("\"' ")).name
    return "cp1252" if found in _LATIN else found


def tree(content: bytes, encoding: str | None) -> BeautifulSoup:
    """The page as a tree; `PageChanged` when it is nested beyond reason."""
    return tree_of(decoded(content, encoding))


def tree_of(text: str) -> BeautifulSoup:
    """The page, already as text, as a tree; `PageChanged` when it is nested beyond reason."""
    page = BeautifulSoup(text, "lxml")
    depths = {id(page): 0}
    for tag in page.find_all(True):
        depths[id(tag)] = depth = depths[id(tag.parent)] + 1
        if depth > MAX_DEPTH:
            raise PageChanged(f"The page is nested over {MAX_DEPTH} tags deep: refused.")
    return page


def text_of(tag: Tag | None) -> str | None:
    """The text in a tag with whitespace collapsed; None when it is empty."""
    return tidy(tag.get_text(" ")) if tag is not None else None


def tidy(text: str | None) -> str | None:
    """The text with whitespace collapsed, without characters that the database rejects; None when it is empty."""
    return " ".join(storable(text or "").split()) or None


def attribute(tag: Tag | None, name: str) -> str | None:
    """An attribute of a tag, trimmed; None when it is absent or empty."""
    value = tag.get(name) if tag is not None else None
    return (" ".join(value) if isinstance(value, list) else value or "").strip() or None
