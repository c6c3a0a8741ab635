"""`findtheactor index`: turn the guide into galleries, once or every night."""

import signal
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from cli.console import TerminalProgress, print_json, stdout

if TYPE_CHECKING:
    from indexer.runs.pipeline import RunReport

app = typer.Typer(no_args_is_help=True, help="Turn the TV guide into galleries, once or every night.")

RegionOption = Annotated[str, typer.Option(help="Region code, such as FR.")]
FirstDay = Annotated[
    datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First local day. Default: today in the region.")
]


@app.command()
def run(
    region: RegionOption,
    first: FirstDay = None,
    days: Annotated[int, typer.Option(min=1, max=14, help="Number of local days.")] = 1,
    guide: Annotated[
        str | None, typer.Option(help="An XMLTV guide, a file or URL, instead of the region's sources.")
    ] = None,
    photos: Annotated[
        Path | None,
        typer.Option(exists=True, file_okay=False, help="A folder that has a folder of photos for each person."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Index a region once: listings, casts, photos, faces, galleries.

    Only what changed since the last run is done again. If a run is killed, the next one continues from there.
    """
    from cli.indexer_services import open_indexer, order_executor
    from indexer.runs.index_region import index_region
    from indexer.runs.orders import QUICK, execute_orders, include_pending_orders
    from indexer.settings import IndexerSettings
    from settings.logs import configure

    settings = IndexerSettings()
    configure(settings.log_format, settings.log_level)
    with open_indexer(settings) as services, TerminalProgress() as progress:
        execute_orders(order_executor(services), QUICK)
        with include_pending_orders(services.engine, region, timedelta(days=settings.horizon_days)):
            report = index_region(
                settings,
                services.engine,
                services.storage,
                services.faces,
                region,
                first=first and first.date(),
                days=days,
                guide=guide,
                photos=photos,
                progress=progress,
            )
    if as_json:
        print_json(report)
    else:
        stdout.print(report_table(report))
    if not report.complete:
        raise typer.Exit(1)


@app.command()
def schedule(
    region: Annotated[
        list[str] | None, typer.Option(help="Region to index; repeat for several. Default: FTA_REGIONS.")
    ] = None,
) -> None:
    """Index every night until Ctrl-C, in the foreground. A region that had no run in the last day is indexed at once.

    Between runs, this carries out the orders of the operations dashboard.

    Several of these may run on one database: one works, and the others stand by.
    """
    from cli.indexer_services import open_indexer, order_executor
    from indexer.runs.index_region import index_region
    from indexer.runs.orders import execute_orders
    from indexer.runs.schedule import run_schedule
    from indexer.settings import IndexerSettings
    from settings.logs import configure

    settings = IndexerSettings()
    configure(settings.log_format, settings.log_level)
    stop = Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    with open_indexer(settings) as services:

        def index(code: str) -> "RunReport":
            return index_region(settings, services.engine, services.storage, services.faces, code)

        run_schedule(
            services.engine,
            index,
            region or settings.regions,
            hour=settings.nightly_hour,
            stop=stop,
            orders=partial(execute_orders, order_executor(services)),
        )


@app.command()
def orders() -> None:
    """Carry out the pending orders of the operations dashboard once. `findtheactor index schedule` always does."""
    from cli.indexer_services import open_indexer, order_executor
    from indexer.runs.orders import LONG, QUICK, execute_orders
    from indexer.settings import IndexerSettings
    from settings.logs import configure

    settings = IndexerSettings()
    configure(settings.log_format, settings.log_level)
    with open_indexer(settings) as services:
        executed = sum(execute_orders(order_executor(services), kinds) for kinds in (QUICK, LONG))
    said = "order was" if executed == 1 else "orders were"
    stdout.print(f"{executed} {said} carried out; the dashboard shows the results.")


@app.command()
def rollback(region: RegionOption) -> None:
    """Undo the last publication of a region: the galleries that it replaced serve again until the next run."""
    from db.engine import open_database, session
    from db.queries.publishing import rollback as undo_publication
    from faces.models.manifest import read_manifest
    from indexer.regions import load_region
    from settings.deployment import Deployment

    settings = Deployment()
    model_key = read_manifest(settings.models_dir / settings.facenet, hashes=False)["model_key"]
    with open_database(settings.database_url, settings.data_dir) as engine, session(engine) as opened:
        undone = undo_publication(opened, load_region(region).code, model_key)
    stdout.print(f"{undone} galleries of {region} are as they were before." if undone else "There is nothing to undo.")


def report_table(report: "RunReport") -> Table:
    """A table with a row for each job: its counts, or its error."""
    table = Table("job", "state", "counts", title=f"{report.region}: {report.seconds:.1f} s (run {report.run_id[:8]})")
    for job in report.jobs:
        counts = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in job.counts.items() if count)
        table.add_row(job.job, "[red]failed" if job.error else "[green]done", job.error or counts)
    return table
