"""Faces as vectors: aligned, rated, and in which views they are embedded."""
