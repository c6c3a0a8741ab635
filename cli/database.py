"""`findtheactor db`: the tables."""

from typing import Annotated

import typer

from cli.console import print_json, stdout
from settings.deployment import Deployment

app = typer.Typer(no_args_is_help=True, help="Bring the tables up to date, and look at their state.")


@app.command()
def upgrade() -> None:
    """Run the migrations that are missing: all of them, or none."""
    from db.engine import open_database
    from db.migrate import status as migration_status
    from db.migrate import upgrade as run_migrations

    settings = Deployment()
    with open_database(settings.database_url, settings.data_dir) as engine:
        run_migrations(engine)
        stdout.print(f"The tables are at {migration_status(engine).head}.")


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print it for a program to read.")] = False,
) -> None:
    """Say which migration the tables are at; exit code 1 when some are missing."""
    from db.engine import open_database
    from db.migrate import status as migration_status

    settings = Deployment()
    with open_database(settings.database_url, settings.data_dir) as engine:
        state = migration_status(engine)
    if as_json:
        print_json(state)
    elif state.pending:
        stdout.print(f"{len(state.pending)} migrations are missing: run `findtheactor db upgrade`.")
    else:
        stdout.print(f"The tables are at {state.head}: up to date.")
    if state.pending:
        raise typer.Exit(1)
