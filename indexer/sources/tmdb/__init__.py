"""TMDB: titles, casts, portraits, careers and ids, through its API. `source` asks it, `answers` parses what it says."""
