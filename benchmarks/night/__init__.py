"""Indexing a real guide, with replicas of all sources on loopback: what is found, what it costs, what a kill does."""
