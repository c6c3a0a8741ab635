"""The stages in their order: for a region, for one title, every night, and on order."""
