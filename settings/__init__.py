"""What every process sets up: the shared settings, and structured logs."""
