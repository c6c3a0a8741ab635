"""Asking the sources: when a question about a person (`subject`) is due and how it ended (`questions`), whether its
source is still asked in this run (`circuit_breakers`), and how often sources are asked (`tally`)."""
