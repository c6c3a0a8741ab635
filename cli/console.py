"""What is shown in the terminal: progress and notes on stderr, answers on stdout."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any, Self, TypeVar

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn

Item = TypeVar("Item")

stdout = Console()
stderr = Console(stderr=True)


class TerminalProgress:
    """A bar for each long piece of work; where there is no terminal, one line when it begins.

    Serves both forms of progress: `track` for the indexer's loops, `report` for the preparation of models.
    """

    def __init__(self) -> None:
        self._bars = Progress(
            SpinnerColumn(finished_text="[green]✓"),
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            console=stderr,
            disable=not stderr.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def report(self, description: str, done: int, total: int | None) -> None:
        """`done` of `total` (None: not known) is done of what `description` names."""
        self._bars.update(self._task(description, total), completed=done, total=total)

    def track(self, iterable: Iterable[Item], *, description: str, total: int | None = None) -> Iterator[Item]:
        """The items of `iterable`, with a bar that advances by one for each."""
        self._tasks.pop(description, None)  # a loop that begins again gets a bar of its own
        task = self._task(description, total)
        for item in iterable:
            yield item
            self._bars.advance(task)
        finished = self._bars.tasks[self._bars.task_ids.index(task)].completed
        self._bars.update(task, total=finished, completed=finished)

    def _task(self, description: str, total: int | None) -> TaskID:
        if description not in self._tasks:
            if not stderr.is_terminal:
                stderr.print(f"  {description} …")
            self._tasks[description] = self._bars.add_task(description, total=total)
        return self._tasks[description]


def print_json(value: Any) -> None:
    """Print `value`, which may hold dataclasses, for a program to read: one JSON document on stdout."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))  # noqa: T201


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return value.isoformat() if isinstance(value, datetime) else str(value)
