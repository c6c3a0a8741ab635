"""Stages 5 to 9: from photos to published galleries, and the deletion of what has expired.

The jobs: `embed` (5) finds the faces in the photos, `build` (6) packs one gallery a slot, `publish` (7) makes them
current, `measure` (8) records the coverage, `retire` (9) deletes what has expired. `enrol` chooses the faces of a
person, `publish_prepared` is the last job for a title prepared by hand, and `coverage` is the report of
`findtheactor coverage`.
"""
