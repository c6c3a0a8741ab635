"""The demo: the whole product on a made-up guide of this evening and photos of five people from a public package."""

from cli.demo.run import demo

__all__ = ["demo"]
