"""The demo's proof: ask the running API about every `val` picture, and count the right answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from cli.client import ApiClient, Reply
from cli.console import TerminalProgress
from cli.demo.photos import people, pictures_in

REQUIRED = 24
"""The number of right answers, of 25, that the demo requires."""


@dataclass(frozen=True, slots=True)
class Question:
    """A picture, who is in it, and what the API answered."""

    picture: Path
    expected: str
    reply: Reply

    @property
    def face(self) -> dict[str, Any]:
        """The face with the highest probability; empty when no face was found."""
        return max(self.reply.body["faces"], key=lambda face: float(face["probability"]), default={})

    @property
    def best(self) -> dict[str, Any]:
        """The person who was named; empty when nobody was."""
        return self.face.get("best") or {}

    @property
    def is_right(self) -> bool:
        """Whether the right person was named."""
        return bool(self.best.get("name") == self.expected)


def ask_all(api: ApiClient, pictures: Path, region: str, progress: TerminalProgress) -> list[Question]:
    """Ask about every picture in `pictures` (a folder for each person)."""
    asked = [(picture, person["name"]) for person in people() for picture in pictures_in(pictures / person["folder"])]
    followed = progress.track(asked, description="Asking about the test pictures", total=len(asked))
    return [Question(picture, name, api.identify(picture, region=region)) for picture, name in followed]


def tabulate(questions: list[Question]) -> Table:
    """A table with a row for each picture: answer, probability, two alternatives, milliseconds."""
    table = Table("picture", "answer", "probability", "or else", "ms", title="Who is that?")
    for number, question in enumerate(questions, start=1):
        table.add_row(
            f"{question.picture.parent.name} {number}",
            f"{'[green]✓' if question.is_right else '[red]✗'} {question.best.get('name', 'not in the cast')}",
            f"{question.best['probability']:.0%}" if question.best else "",
            "\n".join(_alternatives(question)),
            f"{question.reply.elapsed_ms:.0f}",
        )
    return table


def _alternatives(question: Question) -> Iterator[str]:
    for other in question.face.get("alternatives", []):
        yield f"{other['name']} {other['probability']:.0%}"
