"""How a process is set up: the settings that all of them share, and structured logs."""
