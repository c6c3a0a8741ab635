"""Asking the sources: who is still asked (`circuit`), when a question is due (`questions`), and how often (`tally`)."""
