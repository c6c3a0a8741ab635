"""The galleries in memory.

`loader` reads the current pointers and loads galleries from storage, `refresher` does so every few seconds, and
`snapshot` is the immutable result that requests use. `reference_photos` serves the photos of the people in them.
"""
