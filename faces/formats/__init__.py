"""How the bytes of each kind of picture become pixels, at a cost that is bounded."""
