"""Stage 1: what is on, from the listings sources of a region."""
