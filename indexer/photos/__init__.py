"""The photos of a person: which of those on offer to hold, and getting them."""
