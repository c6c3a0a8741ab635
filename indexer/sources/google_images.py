"""The first ten pictures of a name, from Google's Programmable Search Engine.

For existing keys only; 100 queries a day are free; it ends on 2027-01-01. A name is all that it is asked, so its
pictures can be of somebody else: they need to agree with each other, or with the pictures of another source.
https://developers.google.com/custom-search/v1/reference/rest/v1/cse/list
"""

from collections.abc import Sequence

from pydantic import Field, TypeAdapter

from indexer.errors import PageChanged
from indexer.http import HttpClient
from indexer.sources.json_answers import Number, Shape, Text, read_json
from indexer.sources.protocols import Ids, PhotoRecord

BASE_URL = "https://www.googleapis.com/customsearch/v1"
PICTURES = 10
"""As many as one query gives."""


class _Image(Shape):
    context_url: Text = Field(None, alias="contextLink")
    width: Number | None = None
    height: Number | None = None


class _Item(Shape):
    link: str
    mime: Text = None
    image: _Image


class _SearchInformation(Shape):
    total: Text = Field(None, alias="totalResults")


class _Search(Shape):
    items: list[_Item] | None = None
    information: _SearchInformation | None = Field(None, alias="searchInformation")


_SEARCH = TypeAdapter(_Search)


class GoogleImages:
    """A source of photos, by name. `key` is the API key, `engine` the search engine's id (`cx`)."""

    name = "google-images"

    def __init__(self, http: HttpClient, key: str, engine: str, base_url: str = BASE_URL) -> None:
        self._http, self._key, self._engine, self._base_url = http, key, engine, base_url

    def photos(self, ids: Ids, names: Sequence[str]) -> Sequence[PhotoRecord] | None:
        """The first pictures of the person's main name; None without a name."""
        if not names:
            return None
        params = {
            "q": names[0], "searchType": "image", "num": str(PICTURES), "safe": "active",
            "key": self._key, "cx": self._engine,
        }  # fmt: skip
        return parse_images(self._http.get(self._base_url, params=params).content)


def parse_images(content: bytes) -> list[PhotoRecord]:
    """The pictures found, best first, each with the page that shows it; their licence is not known."""
    answer = read_json(_SEARCH, content, "Google image search")
    if answer.items is None:
        _check_nothing_found(answer)
    return [_photo(item) for item in answer.items or () if _is_picture(item)]


def _check_nothing_found(answer: _Search) -> None:
    if answer.information is None or answer.information.total != "0":
        raise PageChanged("The Google image search has another form than it used to: no items, but not nothing found.")


def _is_picture(item: _Item) -> bool:
    return item.link.startswith(("http://", "https://")) and (item.mime is None or item.mime.startswith("image/"))


def _photo(item: _Item) -> PhotoRecord:
    return PhotoRecord(item.link, "portrait", None, item.image.context_url, item.image.width, item.image.height)
