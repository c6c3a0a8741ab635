"""The demo: a guide around this moment, five people whose photos anyone can fetch, and the whole path through them."""

from cli.demo.run import demo

__all__ = ["demo"]
