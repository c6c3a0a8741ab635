"""programme-television.org: the listings of French channels, one page for each channel and day.

`source` fetches the pages, `pages` parses them.
"""
