"""Wikimedia Commons: pictures by the name of their file, with licence and author. Only free ones are used."""

import re
from collections.abc import Sequence
from typing import Annotated, Any

from bs4 import BeautifulSoup
from pydantic import BeforeValidator, Field, TypeAdapter

from indexer.http import HttpClient
from indexer.sources.json_answers import Entries, Number, Shape, Text
from indexer.sources.protocols import PhotoRecord
from indexer.sources.wikimedia.mediawiki import Filled, read_answer

BASE_URL = "https://commons.wikimedia.org"
WIDTH_PIXELS = 800
"""Wide enough for a face; the originals are often twenty megapixels."""
_AUTHOR_UNKNOWN = "Wikimedia Commons"
_FREE = re.compile(
    r"cc0( 1\.0)?|cc[ -]by([ -]sa)?([ -]\d.*)?|cc[ -]sa .*|public domain.*|pd\b.*|no restrictions|copyrighted free use|"
    r"attribution( only.*)?|fal|free art.*|gfdl.*|gnu free.*|ogl.*|open government.*|godl.*|licence ouverte.*|kogl.*",
    re.IGNORECASE,
)
"""Short names of free licences: those that allow any use, so neither `-NC` nor `-ND`."""


class _Value(Shape):
    value: Text = None


class _Metadata(Shape):
    licence: _Value | None = Field(None, alias="LicenseShortName")
    artist: _Value | None = Field(None, alias="Artist")
    attribution: _Value | None = Field(None, alias="Attribution")
    non_free: _Value | None = Field(None, alias="NonFree")


class _ImageInfo(Shape):
    url: str
    width: Number
    height: Number
    mime: str
    scaled_url: str | None = Field(None, alias="thumburl")
    scaled_width: Number | None = Field(None, alias="thumbwidth")
    scaled_height: Number | None = Field(None, alias="thumbheight")
    metadata: Filled[_Metadata] = Field(None, alias="extmetadata")


def _present(entries: Any) -> Any:
    """The entries without those of a file that is missing or hidden, which have no fields to read."""
    if not isinstance(entries, list):
        return entries
    absent = {"filemissing", "filehidden"}
    return [entry for entry in entries if not (isinstance(entry, dict) and absent & entry.keys())]


class _Page(Shape):
    title: str
    imageinfo: Annotated[Entries[_ImageInfo], BeforeValidator(_present)] = Field(default_factory=list)


class _Pages(Shape):
    pages: Annotated[
        list[_Page], BeforeValidator(lambda pages: list(pages.values()) if isinstance(pages, dict) else pages)
    ]


class _Answer(Shape):
    query: _Pages


_ANSWER = TypeAdapter(_Answer)


class Commons:
    """Finds out where a file is, whose it is and whether it is free."""

    def __init__(self, http: HttpClient, base_url: str = BASE_URL) -> None:
        self._http, self._base_url = http, base_url

    def photos_of(self, files: Sequence[str]) -> list[PhotoRecord]:
        """The free pictures among these files, in their order, scaled down where they are larger than needed."""
        photos: list[PhotoRecord] = []
        for file in files:
            params = {
                "action": "query", "titles": f"File:{file}", "prop": "imageinfo",
                "iiprop": "url|size|mime|extmetadata", "iiurlwidth": str(WIDTH_PIXELS), "format": "json",
            }  # fmt: skip
            photos += parse_imageinfo(self._http.get(f"{self._base_url}/w/api.php", params=params).content)
        return photos


def parse_imageinfo(content: bytes) -> list[PhotoRecord]:
    """`prop=imageinfo`: the pictures under a free licence. A file that is gone, or no picture, is left out."""
    pages = read_answer(_ANSWER, content, "Wikimedia Commons answer").query.pages
    return [photo for page in pages for info in page.imageinfo if (photo := _photo(info))]


def _photo(info: _ImageInfo) -> PhotoRecord | None:
    metadata = info.metadata or _Metadata()
    licence = metadata.licence.value if metadata.licence else None
    if not licence or metadata.non_free or not _FREE.fullmatch(licence) or not info.mime.startswith("image/"):
        return None
    url, width, height = info.url, info.width, info.height
    if info.scaled_url:
        url, width, height = info.scaled_url, info.scaled_width or width, info.scaled_height or height
    return PhotoRecord(url, "portrait", licence, _author(metadata), width, height)


def _author(metadata: _Metadata) -> str:
    for field in (metadata.artist, metadata.attribution):
        if field and field.value and (text := _plain(field.value)):
            return text
    return _AUTHOR_UNKNOWN


def _plain(html: str) -> str:
    return " ".join(BeautifulSoup(html, "lxml").get_text(" ").split())
