"""The one HTTP client of all sources: cached, rate limited, obedient to robots.txt, and safe from SSRF.

Sources call `client`. A request then passes, in this order, through `redirects` (follows redirects and checks
`robots`.txt at every hop), `exchange` (one request to one host, with retries), `cache` (what is stored already),
`rate_limit` (when the host may be asked), `transport` (connections with every limit) and `addresses` (which addresses
may be connected to). `keys` keeps secret keys out of caches and logs, `statuses` says what a status means, and
`request` holds the request and the policy of a host.
"""

from indexer.http.client import Document, HttpClient
from indexer.http.request import HostPolicy

__all__ = ["Document", "HostPolicy", "HttpClient"]
