"""TMDB: titles, casts, portraits and careers, through its API."""
