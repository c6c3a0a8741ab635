"""Version 1 of the HTTP API: one file a resource. `schemas` is its JSON, and `views` writes it."""
