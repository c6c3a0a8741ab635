"""The terminal: progress and messages go to stderr, results to stdout."""

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
    """A progress bar for each long piece of work; without a terminal, one line when it begins.

    `track` is the form of progress that the indexer's loops use, `report` the one that preparing models uses.
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
        """Show that `done` of `total` (None: not known) of the work named `description` is done."""
        self._bars.update(self._task(description, total), completed=done, total=total)

    def track(self, iterable: Iterable[Item], *, description: str, total: int | None = None) -> Iterator[Item]:
        """Yield the items of `iterable`, and advance the bar by one for each."""
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
    """Print `value`, which may contain dataclasses, as one JSON document on stdout."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))  # noqa: T201


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return value.isoformat() if isinstance(value, datetime) else str(value)
