"""Preparing the model files: fetched, exported for the runtime, compared with the originals, kept."""
