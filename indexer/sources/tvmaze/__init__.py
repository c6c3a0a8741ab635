"""TVmaze: the schedules of countries (`schedule`), and the casts and careers of series (`source`), through its API."""
