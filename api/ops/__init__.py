"""The operations dashboard: is tonight covered, and if not, why?

One file a section (`coverage`, `runs`, `sources`, `galleries`, `identify`, `people`); `sections` registers their pages.
The dashboard only reads: what is ordered there (`orders`) is carried out by the indexer.
"""
