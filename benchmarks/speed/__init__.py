"""How long an answer takes, and every part of it, beside rivals."""
