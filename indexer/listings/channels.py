"""Channel names: maps the name that a source uses to the one name and slug of the channel in its market."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from db.keys import channel_key, slug

HOME_MARKET = "fr"
"""Its channels have plain slugs. In other markets the slug ends in the market's code: `TLC` differs by country."""


@dataclass(frozen=True, slots=True)
class Market:
    """A set of channel names that are unique: of one country, or of several that watch the same channels."""

    code: str
    names: Mapping[str, str]
    """The channel's name, by the key (`db.keys.channel_key`) of each of its spellings."""

    def name(self, spelling: str) -> str:
        """The channel's one name; a spelling that is not in the table is returned unchanged."""
        return self.names.get(channel_key(spelling), spelling)

    def slug(self, spelling: str, *, feed: str | None = None) -> str:
        """The channel's one slug; `feed` is the code of the region if the channel has a feed of its own there."""
        suffix = feed.lower() if feed else None if self.code == HOME_MARKET else self.code
        return slug(f"{self.name(spelling)}-{suffix}") if suffix else slug(self.name(spelling))

    def keys(self, name: str) -> frozenset[str]:
        """The keys of all spellings of the channel with that name, its own included."""
        return frozenset({channel_key(name)} | {key for key, named in self.names.items() if named == name})


@cache
def market(code: str) -> Market:
    """The market with this code, from its table in `channels.toml`; `KeyError` when there is none."""
    text = (resources.files(__package__) / "channels.toml").read_text(encoding="utf-8")
    table: Mapping[str, list[str]] = tomllib.loads(text)[code]
    names = {channel_key(spelling): name for name, others in table.items() for spelling in (name, *others)}
    return Market(code, MappingProxyType(names))
