"""Google's Programmable Search Engine: the first ten pictures found for a name.

For existing keys only; 100 queries a day are free; it ends on 2027-01-01. The search knows only the name, so a picture
may show somebody else: the pictures must agree with each other, or with those of another source.
https://developers.google.com/custom-search/v1/reference/rest/v1/cse/list
"""

import re
from collections.abc import Sequence

from pydantic import Field, TypeAdapter

from indexer.errors import PageChanged, SourceBlocked, SourceError, SourceUnavailable
from indexer.http import HttpClient
from indexer.sources.json_answers import Entries, Number, Shape, Text, read_json
from indexer.sources.protocols import Ids, PhotoRecord

BASE_URL = "https://www.googleapis.com/customsearch/v1"
PICTURES = 10
"""The most that one query returns."""

_NOT_ACCEPTED = frozenset({400, 401, 403})
_QUOTA = re.compile(r"(daily|rate)_?limit_?exceeded|quota_?exceeded|resource_?exhausted", re.IGNORECASE)
_ENDED = re.compile(r"no longer (available|supported)|discontinued|sunset|shut ?down|retired|has ended", re.IGNORECASE)


class _Image(Shape):
    context_url: Text = Field(None, alias="contextLink")
    width: Number | None = None
    height: Number | None = None


class _Item(Shape):
    link: str
    mime: Text = None
    image: _Image = _Image()


class _SearchInformation(Shape):
    total: Text = Field(None, alias="totalResults")


class _Search(Shape):
    items: Entries[_Item] | None = None
    information: _SearchInformation | None = Field(None, alias="searchInformation")


class _Reason(Shape):
    reason: Text = None


class _Refusal(Shape):
    code: Number
    message: Text = None
    status: Text = None
    errors: tuple[_Reason, ...] = ()
    details: tuple[_Reason, ...] = ()

    @property
    def reasons(self) -> str:
        """The machine-readable reasons, old and new."""
        reasons = (self.status, *(reason.reason for reason in (*self.errors, *self.details)))
        return ", ".join(dict.fromkeys(reason for reason in reasons if reason))


class _Refused(Shape):
    error: _Refusal


_SEARCH = TypeAdapter(_Search)
_REFUSED = TypeAdapter(_Refused)


class GoogleImages:
    """A source of photos, found by name. `key` is the API key, `engine` the search engine's id (`cx`)."""

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
        try:
            document = self._http.get(self._base_url, params=params)
        except SourceError as error:
            raise _explained(error) from None
        return parse_images(document.content)


def parse_images(content: bytes) -> list[PhotoRecord]:
    """The pictures found, best first, each credited to the page that shows it; their licence is unknown."""
    answer = read_json(_SEARCH, content, "Google image search")
    if answer.items is None:
        _check_nothing_found(answer)
    return [_photo(item) for item in answer.items or () if _is_picture(item)]


def parse_refusal(content: bytes) -> SourceError:
    """What an error answer means: `SourceBlocked` when the key is refused, else `SourceUnavailable`."""
    refusal = read_json(_REFUSED, content, "Google refusal").error
    quoted = f"It says: {refusal.message} ({refusal.reasons or refusal.code})"
    if _ENDED.search(quoted):
        return SourceUnavailable(f"Google's image search has ended; take it out of the region's sources. {quoted}")
    if _QUOTA.search(quoted):
        return SourceUnavailable(f"Google's quota is used up; it is new after midnight in California. {quoted}")
    if refusal.code in _NOT_ACCEPTED:
        return SourceBlocked(f"Google does not accept the key or the search engine's id; check both. {quoted}")
    return SourceUnavailable(f"Google cannot search now. {quoted}")


def _explained(error: SourceError) -> SourceError:
    """The error as Google explains it in the response's body; the same error when it does not."""
    try:
        return parse_refusal(error.body)
    except PageChanged:
        return error


def _check_nothing_found(answer: _Search) -> None:
    if answer.information is None or answer.information.total != "0":
        raise PageChanged(
            "The Google image search has changed its form: it has no items, but does not say that it found nothing."
        )


def _is_picture(item: _Item) -> bool:
    return item.link.startswith(("http://", "https://")) and (item.mime is None or item.mime.startswith("image/"))


def _photo(item: _Item) -> PhotoRecord:
    return PhotoRecord(item.link, "portrait", None, item.image.context_url, item.image.width, item.image.height)
