"""`findtheactor prepare`: find a title by hand, and prepare a gallery of its cast outside the schedule."""

import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.markup import escape
from rich.table import Table

from cli.console import TerminalProgress, print_json, stderr, stdout

if TYPE_CHECKING:
    from indexer.casts.titles import Match, TitleSearch
    from indexer.job.outside import Outside
    from indexer.runs.prepare_title import PreparedTitle
    from indexer.settings import IndexerSettings

NAMES_SHOWN = 4
TITLES_SHOWN = 3


def prepare(
    title: Annotated[str, typer.Argument(help="The title of a film or series, local or original.")],
    region: Annotated[str, typer.Option(help="Code of the region whose language titles are shown in.")] = "FR",
    kind: Annotated[Literal["film", "series"] | None, typer.Option(help="Search only films or only series.")] = None,
    year: Annotated[
        int | None, typer.Option(help="Year of its release or first season; a year more or less is accepted.")
    ] = None,
    pick: Annotated[int | None, typer.Option(min=1, help="Prepare the match with this number.")] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Prepare the match without asking, if only one is possible.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the matches and the result as JSON.")] = False,
) -> None:
    """Search the configured sources for TITLE, and prepare a gallery of the cast of a match.

    Then ask about it with `findtheactor identify PHOTO --programme TITLE`, wherever and whenever you watch it.
    """
    from indexer.casts.titles import find_title
    from indexer.job.outside import open_outside
    from indexer.regions import load_region
    from indexer.settings import IndexerSettings
    from settings.logs import configure

    settings = IndexerSettings()
    configure(settings.log_format, settings.log_level)
    with open_outside(settings, load_region(region)) as outside:
        found = find_title(outside, title, kind=kind, year=year)
        if not as_json:
            _print_matches(found)
        match = _picked(found, pick, yes=yes, may_ask=not as_json and sys.stdin.isatty())
        prepared = _prepare(settings, outside, match, region) if match else None
    if as_json:
        print_json({"title": found.title, "matches": found.matches, "failures": found.failures, "prepared": prepared})
    elif prepared:
        _print_prepared(prepared)
    else:
        stderr.print("Nothing was prepared: choose a match with --pick N.")
    if prepared and not prepared.known:
        raise typer.Exit(1)


def _picked(found: "TitleSearch", pick: int | None, *, yes: bool, may_ask: bool) -> "Match | None":
    from indexer.errors import TitleUnclear

    if pick is None and yes:
        if found.unambiguous is None:
            raise TitleUnclear(f"{len(found.matches)} works match “{found.title}”: choose one with --pick N.")
        return found.unambiguous
    if pick is None and may_ask:
        pick = typer.prompt("Which match", type=int, default=1 if found.unambiguous is found.matches[0] else None)
    if pick is None:
        return None
    if not 1 <= pick <= len(found.matches):
        raise typer.BadParameter(f"There is no match {pick}: there are {len(found.matches)}.")
    return found.matches[pick - 1]


def _prepare(settings: "IndexerSettings", outside: "Outside", match: "Match", region: str) -> "PreparedTitle":
    from cli.indexer_services import open_indexer
    from indexer.regions import load_region
    from indexer.runs.prepare_title import prepare_title

    with open_indexer(settings) as services, TerminalProgress() as progress:
        return prepare_title(
            settings,
            services.engine,
            services.storage,
            services.faces,
            outside,
            match,
            region=load_region(region),
            progress=progress,
        )


def _print_matches(found: "TitleSearch") -> None:
    table = Table("#", "title", "year", "kind", "cast", "sources")
    for number, match in enumerate(found.matches, start=1):
        table.add_row(
            str(number),
            escape(" / ".join(match.titles[:TITLES_SHOWN])),
            str(match.year or ""),
            match.kind,
            escape(", ".join(match.cast[:NAMES_SHOWN])),
            ", ".join(match.sources),
        )
    stdout.print(table)
    for source, problem in found.failures.items():
        stderr.print(f"{source} did not answer: {problem}", markup=False, highlight=False, soft_wrap=True)


def _print_prepared(prepared: "PreparedTitle") -> None:
    known = f"{prepared.known} of {len(prepared.people)} faces known"
    table = Table("name", "as", "photos", title=escape(f"{prepared.title}: {known}, {prepared.seconds:.1f} s"))
    for person in prepared.people:
        table.add_row(escape(person.name), escape(person.character or ""), str(person.faces or "none"))
    stdout.print(table)
    if prepared.known:
        ask = f'findtheactor identify PHOTO --programme "{prepared.title}"'
        stdout.print(f"Ask about it (its id is {prepared.id}): {ask}", markup=False, highlight=False, soft_wrap=True)
    else:
        stderr.print("No source has a photo that shows the face of anyone in the cast: nobody can be recognised yet.")
