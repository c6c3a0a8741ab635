"""What every stage shares: the context of a run, the record of each job with progress and heartbeat, and the sources.

`context` is handed to every job. `recording` runs a job and records it, with the `progress` that `heartbeat` writes.
`outside` opens the sources, `people` works on everybody on screen in parallel, and `offers` notes pictures that any
stage comes across.
"""
