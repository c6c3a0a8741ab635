"""Stage 2: who is in what, from the listings and then from the cast sources."""
