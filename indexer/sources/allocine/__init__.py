"""AlloCiné, a French site: searches, castings, filmographies and portraits.

It has no API, so `source` fetches its pages, and `pages` and `links` parse them.
"""
