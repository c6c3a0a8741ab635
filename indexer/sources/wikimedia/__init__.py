"""Wikidata and Wikimedia Commons: which ids are one person, and pictures with a free licence."""
