"""Runs: the stages in their order, for a region, for one title, every night, or because they were ordered.

`index_region` opens everything for a run of a region and starts `pipeline`, which calls the nine jobs in order.
`prepare_title` runs the jobs for one title, `schedule` starts a run every night, and `orders` carries out what was
ordered at the operations dashboard.
"""
