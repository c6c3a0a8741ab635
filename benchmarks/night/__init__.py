"""A night against a world on loopback, made from a real guide: what it finds, costs and leaves out."""
