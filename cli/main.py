"""`findtheactor`: every command of the project."""

import sys

import typer

from cli import coverage, database, demo, identify, index, models, ops, prepare, serve
from cli.client import ApiError
from cli.console import stderr
from db.errors import DatabaseError
from faces.errors import FacesError
from gallery.errors import GalleryError
from indexer.errors import IndexerError
from settings.deployment import BadSettings
from storage.base import StorageError

EXPECTED = (ApiError, BadSettings, DatabaseError, FacesError, GalleryError, IndexerError, StorageError)
"""Errors that are no bugs. Their messages say what to do, so no traceback is shown."""
INTERRUPTED = 130

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help="**Who is that on TV?** Index tonight's guide, then ask with a photo.\n\n"
    "Settings come from the environment (`FTA_…` and `DATABASE_URL`): see docs/configuration.md.",
)
app.add_typer(models.app, name="models")
app.add_typer(database.app, name="db")
app.add_typer(index.app, name="index")
app.command()(serve.serve)
app.command()(ops.ops)
app.command()(identify.identify)
app.command()(prepare.prepare)
app.command()(coverage.coverage)
app.command()(demo.demo)


def run() -> None:
    """The entry point. An expected error ends the command with one line and exit code 1."""
    try:
        app()
    except EXPECTED as error:
        stderr.print(f"[red]error:[/] {error}", soft_wrap=True, highlight=False)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
