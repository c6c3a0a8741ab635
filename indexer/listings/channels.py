"""Which channel a source means, whatever it calls it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from db.keys import channel_key, slug

HOME_MARKET = "fr"
"""Its channels have plain slugs; those of another market end in its code: two countries' `TLC` are two channels."""


@dataclass(frozen=True, slots=True)
class Market:
    """The channels that go by one set of names: those of several countries where the same ones are watched."""

    code: str
    names: Mapping[str, str]
    """The channel's name by each key (`db.keys.channel_key`) that it goes by."""

    def name(self, said: str) -> str:
        """The channel's one name; what the table does not know stays as it is said."""
        return self.names.get(channel_key(said), said)

    def slug(self, said: str, *, feed: str | None = None) -> str:
        """The channel's one slug; `feed` is the region whose own feed it is."""
        suffix = feed.lower() if feed else None if self.code == HOME_MARKET else self.code
        return slug(f"{self.name(said)}-{suffix}") if suffix else slug(self.name(said))

    def keys(self, name: str) -> frozenset[str]:
        """Every key that the channel of that name goes by, its own included."""
        return frozenset({channel_key(name)} | {key for key, named in self.names.items() if named == name})


@cache
def market(code: str) -> Market:
    """The market with its table of `channels.toml`; `KeyError` when there is none."""
    text = (resources.files(__package__) / "channels.toml").read_text(encoding="utf-8")
    table: Mapping[str, list[str]] = tomllib.loads(text)[code]
    names = {channel_key(said): name for name, others in table.items() for said in (name, *others)}
    return Market(code, MappingProxyType(names))
