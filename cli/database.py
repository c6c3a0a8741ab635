"""`findtheactor db`: the tables of the database."""

from typing import Annotated

import typer

from cli.console import print_json, stdout
from settings.deployment import Deployment

app = typer.Typer(no_args_is_help=True, help="Migrate the database, show its state, and make a read-only account.")


@app.command()
def upgrade() -> None:
    """Run the missing migrations: either all of them, or none."""
    from db.engine import open_database
    from db.migrate import status as migration_status
    from db.migrate import upgrade as run_migrations

    settings = Deployment()
    with open_database(settings.database_url, settings.data_dir) as engine:
        run_migrations(engine)
        stdout.print(f"The tables are at {migration_status(engine).head}.")


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print the state as JSON.")] = False,
) -> None:
    """Show which migration the tables are at. The exit code is 1 when migrations are missing."""
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


@app.command("grant-reader")
def grant_reader(
    role: Annotated[str, typer.Argument(help="Name of the account; it is created if it does not exist.")],
) -> None:
    """Let an account read what the operations dashboard shows and file orders, and nothing else.

    Run this again after `findtheactor db upgrade`. The dashboard uses the account when FTA_OPS_DATABASE_URL names it.
    """
    from db.engine import open_database
    from db.migrate import upgrade as run_migrations
    from db.reader import grant_reader as grant

    settings = Deployment()
    with open_database(settings.database_url, settings.data_dir) as engine:
        run_migrations(engine)
        password = grant(engine, role)
        address = engine.url.set(username=role, password=password or "…").render_as_string(hide_password=False)
    stdout.print(f"{role} can read the dashboard's tables and file orders.")
    if password:
        stdout.print("Its password is shown only now. Where the dashboard runs, set:")
    print(f"FTA_OPS_DATABASE_URL={address}")  # noqa: T201 - never wrapped
