"""The person whom a question is about."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """A person about whom sources are asked. `credit_id` is the credit for which they are asked."""

    id: int
    credit_id: int
    name: str
    ids: Mapping[str, str]
    on_screen: frozenset[str] = frozenset()
    """The titles, folded, of the upcoming programmes that they are in."""
    last_seen_in: str | None = None
    """The title of their stored latest credit."""

    @property
    def known_by(self) -> str:
        """The ids that a source is asked with. When they change, a source that could not tell who is meant is asked
        again."""
        return " ".join(f"{system}={value}" for system, value in sorted(self.ids.items())) or "no ids"
