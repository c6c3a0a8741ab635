"""The one HTTP client of all sources: polite, patient, and impossible to lead inside.

`client` is what sources use. Below it: `redirects` (from a URL to the answer at the end of its redirects), `exchange`
(one request to one host), `robots` (may we ask), `rate_limit` (when), `cache` (what we have already), `keys` (secrets
that are never stored or logged), `transport` (connections, with every limit), `addresses` (where we may connect to) and
`statuses` (what an answer means).
"""

from indexer.http.client import Document, HttpClient
from indexer.http.request import HostPolicy

__all__ = ["Document", "HostPolicy", "HttpClient"]
