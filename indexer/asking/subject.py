"""The person whom a question is about."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """A person as sources are asked about them. `credit_id` is the credit that justifies asking."""

    id: int
    credit_id: int
    name: str
    ids: Mapping[str, str]
    on_screen: frozenset[str] = frozenset()
    """The titles, folded, of what they are about to be seen in."""
    last_seen_in: str | None = None
    """The title of the latest credit that is stored."""

    @property
    def known_by(self) -> str:
        """What a source is told of them: when it changes, one that could not tell who they are is asked again."""
        return " ".join(f"{system}={value}" for system, value in sorted(self.ids.items())) or "no ids"
