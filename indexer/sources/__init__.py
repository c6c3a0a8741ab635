"""The sources of listings, casts, photos and careers: one folder (or file) each. They do not know each other.

A source implements the `protocols` and returns `records`; `registry` builds it and sets its base URL and policy.
`ids`, `links`, `kinds`, `clock_times`, `markup` and `json_answers` are what several of them need to read pages and
answers. How to add one: docs/adding-a-source.md.
"""
