"""programme-television.org: the listings of French channels, a page for each channel and day."""
