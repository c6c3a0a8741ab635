"""The path of a picture: `upload`, `question`, `analyse`, `look`; then `api.v1` writes the answer."""
