"""The galleries in memory: how they are loaded, followed and handed to a request."""
