"""Parses AlloCiné's links and pictures: ids in addresses, addresses encoded in class names, scaled pictures."""

import base64
import binascii
import re

from bs4 import Tag

from indexer.sources.markup import attribute
from indexer.sources.protocols import PhotoRecord

_PAGE = re.compile(r"/(film|series|personne)/fiche(?:film|serie|personne)(?:_gen_c(?:film|serie|personne)=|-)(\d+)")
_SIZE = re.compile(r"(?<=/)[cr]_\d+_\d+/")
_MARK = "ACr"


def link_of(tag: Tag) -> str | None:
    """The address a tag links to: its `href`, or the one encoded in its class (base64 interspersed with `ACr`)."""
    if (href := attribute(tag, "href")) is not None:
        return href
    encoded = (name for name in (attribute(tag, "class") or "").split() if name.startswith(_MARK))
    return next((address for name in encoded if (address := _decoded(name))), None)


def _decoded(name: str) -> str | None:
    coded = name.partition("#")[0].replace(_MARK, "")
    try:
        return base64.b64decode(coded + "=" * (-len(coded) % 4), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return None


def id_of(tag: Tag | None) -> str | None:
    """The id of the page a tag links to, such as `personne/49`, `film/564` or `series/223`; None without one."""
    found = _PAGE.search(link_of(tag) or "") if tag is not None else None
    return f"{found[1]}/{found[2]}" if found else None


def portrait(image: Tag | None) -> PhotoRecord | None:
    """The picture in full size; None where AlloCiné shows its placeholder."""
    url = attribute(image, "data-src") or attribute(image, "src")
    if url is None or "empty_portrait" in url or url.startswith("data:"):
        return None
    whole = _SIZE.sub("", f"https:{url}" if url.startswith("//") else url)
    return PhotoRecord(whole, "portrait", licence=None, credit="AlloCiné")
