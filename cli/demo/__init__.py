"""The demo: a guide around this moment, five people whose photos anyone can fetch, and the whole path through them."""
