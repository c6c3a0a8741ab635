"""The one HTTP client of all sources: polite, patient, and impossible to lead inside.

`client` is what sources use. Below it: `route` (from a URL to its answer), `visitor` (one question to one host),
`robots` (may we), `pace` (when), `shelf` (what we have already), `keys` (what nobody may read), `wire` (connections,
with every limit), `addresses` (where to), `statuses` (what an answer means).
"""

from indexer.http.client import Document, HttpClient
from indexer.http.request import Manners

__all__ = ["Document", "HttpClient", "Manners"]
