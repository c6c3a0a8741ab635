"""Stage 1: what is on, from the listings sources of a region.

`crawl` is the job. `reader` fetches and parses one day of one source, `days` combines the sources of a region day by
day, `timetable` resolves overlaps, `channels` gives a channel one name, and `shared_channels` decides between regions
that receive the same channel.
"""
