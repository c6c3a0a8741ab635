"""Channel names: maps the name that a source uses to the one name and slug of the channel in its market."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from db.keys import channel_key, slug

RENAMED = {("fr", "RMC Life"): "Chérie 25"}
"""The name under which a renamed channel was first stored, by market and present name: its slug stays."""
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

    def name_of_id(self, channel_id: str) -> str:
        """The name of a channel of which a guide gives only an id, such as `C192.api.telerama.fr` or `BbcOne.uk`.

        It is the table's, if the id or its first part is in it, and else that part with spaces between its words.
        An id with a space is a name itself.
        """
        if " " in channel_id:
            return self.name(channel_id)
        first = channel_id.partition("@")[0].partition(".")[0] or channel_id
        known = (self.names.get(channel_key(spelling)) for spelling in (channel_id, first))
        readable = " ".join(re.sub(r"(?<=[a-zé])(?=[A-Z0-9])|[_-]+", " ", first).split())
        return next((name for name in known if name), self.name(readable or channel_id))

    def slug(self, spelling: str, *, feed: str | None = None) -> str:
        """The channel's one slug; `feed` is the code of the region if the channel has a feed of its own there."""
        suffix = feed.lower() if feed else None if self.code == HOME_MARKET else self.code
        name = self.name(spelling)
        first_name = RENAMED.get((self.code, name), name)
        return slug(f"{first_name}-{suffix}" if suffix else first_name)

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
