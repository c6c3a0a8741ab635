"""What every stage shares: the context of a run, the record that a job leaves, its progress and heartbeat."""
