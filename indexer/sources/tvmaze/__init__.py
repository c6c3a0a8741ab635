"""TVmaze, as two sources: the schedules of countries (`schedule`), and the casts and careers of series (`source`).

`answers` parses what its API says.
"""
