"""Cuts the text of a guide into its channels and programmes, and parses each of them as a document of its own.

So an element that is damaged, or breaks off, never takes others with it; and libxml2 never sees a DTD.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from html import unescape
from html.entities import html5
from itertools import chain
from xml.sax.saxutils import escape

from lxml import etree
from lxml.etree import _Element as Element

from indexer.errors import PageChanged

MAX_ELEMENT = 1 << 18
"""In characters. A programme is a few thousand; what is longer has lost its end, and is left out."""
LOST = "lost_elements"
"""What elements are counted under of which nothing can be read."""
_HEAD = 1 << 16
"""How much of the beginning is kept, to say what the document is."""
_LONGEST_TAG = 64

_PREFIX = r"(?:[\w.-]++:)?"
_ELEMENT = rf"{_PREFIX}(?:channel|programme)"
_TAG = re.compile(
    rf"<(?:(?P<start>{_ELEMENT}(?=[\s/>]))|/(?:(?P<end>{_ELEMENT}\s*>)|(?P<close>{_PREFIX}tv\s*>))|(?P<comment>!--))"
)
_ELEMENT_END = re.compile(rf"</{_ELEMENT}\s*>")
_ROOT = re.compile(rf"<{_PREFIX}tv(?=[\s/>])")
_ANY_TAG = re.compile(r"<([A-Za-z][\w.:-]{0,60})")
_QUALIFIED = re.compile(r"</?[\w.-]+:|xmlns")
_LOCAL_NAME = re.compile(r"[:}]([A-Za-z_][\w.-]*)$", re.ASCII)
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPACES = "\x0b\x0c\x1c\x1d\x1e\x1f"
_CDATA = r"<!\[CDATA\[(?:[^<\]]|\](?!\]>)|<(?!!\[CDATA\[))*\]\]>"
_REFERENCE = re.compile(rf"{_CDATA}|&(?:(#[0-9]{{1,8}}|#[xX][0-9a-fA-F]{{1,7}}|[A-Za-z][A-Za-z0-9]{{0,31}});)?")
_BARE_ANGLE = re.compile(rf"{_CDATA}|<(?![A-Za-z_/!?])")
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})


class GuideText:
    """The text of a guide as a stream of elements; what is damaged is counted in `damage`, by kind.

    After the last element, `is_whole` says whether the document had its end.
    """

    def __init__(self, chunks: Iterable[str], damage: Counter[str]) -> None:
        self._chunks, self._damage = chunks, damage
        self._strict, self._lenient = _parser(recover=False), _parser(recover=True)
        self.is_whole = False

    def elements(self) -> Iterator[Element]:
        """The `channel` and `programme` elements. `PageChanged` when this is no guide, or declares XML entities."""
        cutter, head, found = _Cutter(self._damage), "", False
        for chunk in chain(self._chunks, [None]):
            if not found:
                head += (chunk or "")[: _HEAD - len(head)]
            for text in cutter.add(chunk or "", is_last=chunk is None):
                if not found:
                    _check_prolog(head.partition(text)[0])
                found = True
                if (element := self._parsed(text)) is not None:
                    yield element
        if not found and _ROOT.search(head) is None:
            root = _ANY_TAG.search(head)
            begins = f"<{root[1]}> instead of <tv>" if root else repr(" ".join(head[:60].split()))
            raise PageChanged(f"This is no XMLTV guide: it begins with {begins}.")
        self.is_whole = cutter.is_whole

    def _parsed(self, text: str) -> Element | None:
        text = self._mended(text)
        try:
            element = etree.fromstring(text, self._strict)
        except etree.XMLSyntaxError:
            element = etree.fromstring(text, self._lenient)
            if any(error.domain != etree.ErrorDomains.NAMESPACE for error in self._lenient.error_log):
                self._damage["malformed" if element is not None else LOST] += 1
        if element is None:
            return None
        if _QUALIFIED.search(text):
            for part in element.iter(etree.Element):
                if name := _LOCAL_NAME.search(str(part.tag)):
                    part.tag = name[1]
        return element

    def _mended(self, text: str) -> str:
        if _ILLEGAL.search(text):
            self._damage["control_characters"] += len(_ILLEGAL.findall(text))
            text = _ILLEGAL.sub(lambda found: " " if found[0] in _SPACES else "", text)
        if "&" in text:
            text = _REFERENCE.sub(self._reference, text)
        return _BARE_ANGLE.sub(self._bare_angle, text)

    def _reference(self, found: re.Match[str]) -> str:
        """The reference where it is one of XML, else the character or the text that is meant."""
        name = found[1]
        if found[0].startswith("<") or name in _OF_XML:
            return found[0]
        if name is None:
            self._damage["bare_ampersands"] += 1
            return "&amp;"
        if name[0] == "#":
            return self._numbered(found[0])
        is_known = f"{name};" in html5
        self._damage["html_entities" if is_known else "unknown_entities"] += 1
        return escape(html5[f"{name};"] if is_known else found[0], {'"': "&quot;", "'": "&apos;"})

    def _numbered(self, reference: str) -> str:
        character = _ILLEGAL.sub("", unescape(reference))
        self._damage["unknown_entities"] += not character
        return f"&#{ord(character)};" if character else ""

    def _bare_angle(self, found: re.Match[str]) -> str:
        if found[0] != "<":
            return found[0]
        self._damage["bare_angle_brackets"] += 1
        return "&lt;"


def _check_prolog(prolog: str) -> None:
    if "<!ENTITY" in prolog:
        raise PageChanged("The guide declares XML entities, which no guide needs and attacks are made of: refused.")


def _parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        recover=recover, resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip


class _Cutter:
    """Cuts text that comes in pieces into elements: each ends at its end tag, or else where the next one begins."""

    def __init__(self, damage: Counter[str]) -> None:
        self._damage = damage
        self._buffer, self._scanned = "", 0
        self._start: int | None = None
        self._closed, self._tail = False, ""

    def add(self, text: str, *, is_last: bool) -> Iterator[str]:
        """The elements that are complete with this text."""
        self._buffer += text
        self._tail = (self._tail + text)[-_LONGEST_TAG:]
        while (token := self._next_tag(is_last=is_last)) is not None:
            if self._start is not None:
                yield self._buffer[self._start : token.end() if token["end"] else token.start()]
            elif token["end"]:
                self._damage[LOST] += 1
            self._start, self._closed = (token.start() if token["start"] else None), bool(token["close"])
        if self._start is not None and len(self._buffer) - self._start > MAX_ELEMENT:
            self._damage[LOST] += 1
            self._start = None
        done = self._scanned if self._start is None else self._start
        self._buffer, self._scanned = self._buffer[done:], self._scanned - done
        self._start = None if self._start is None else 0

    @property
    def is_whole(self) -> bool:
        """Whether the end of the root was read, or something that stands in its place."""
        rest = _ELEMENT_END.split(self._tail)[-1]
        return self._closed or (self._start is None and (">" in rest or "</" in rest))

    def _next_tag(self, *, is_last: bool) -> re.Match[str] | None:
        """The next tag outside comments; None when more text is needed."""
        while (token := _TAG.search(self._buffer, self._scanned)) is not None:
            if not token["comment"]:
                self._scanned = token.end()
                return token
            end = self._end_of_comment(token.end(), is_last=is_last)
            if end is None:
                self._scanned = token.start()
                return None
            self._scanned = end
        cut = self._buffer.rfind("<", max(self._scanned, len(self._buffer) - _LONGEST_TAG))
        self._scanned = cut if cut >= 0 else len(self._buffer)
        return None

    def _end_of_comment(self, inside: int, *, is_last: bool) -> int | None:
        """Where the comment ends: at `inside` when its end is damaged, so that what follows is read all the same."""
        dashes = self._buffer.find("--", inside)
        is_seen = dashes >= 0 and dashes + 2 < len(self._buffer)
        if not (is_seen or is_last or len(self._buffer) - inside > MAX_ELEMENT):
            return None
        if is_seen and self._buffer[dashes + 2] == ">":
            return dashes + 3
        self._damage["malformed"] += 1
        return inside
