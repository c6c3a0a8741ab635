"""`findtheactor demo`: index an evening and ask about it, end to end."""

import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import TerminalProgress, stderr, stdout

if TYPE_CHECKING:
    from indexer.settings import IndexerSettings

REGION = "FR"
LOOK_BACK = timedelta(hours=2)
DAYS = 2
"""Two days, so that the evening's slots are covered also when the demo runs around midnight."""


def demo(
    serve: Annotated[bool, typer.Option(help="Keep the web app open until Ctrl-C.")] = True,
) -> None:
    """Index an evening around now, ask about 25 photos, and keep the web app open.

    This needs no database, no key, and no network except the package index. The exit code is 1 when fewer than 24 of
    the 25 answers are right.
    """
    from api.settings import ApiSettings
    from cli.demo.questions import REQUIRED, ask_all, tabulate
    from cli.demo.server import running_api
    from cli.demo.token import NAME, dashboard_token
    from faces.models.prepare import demo_photos, prepare_models
    from indexer.settings import IndexerSettings
    from settings.logs import configure

    settings = IndexerSettings(sources=())
    configure(settings.log_format, "warning")
    with TerminalProgress() as progress:
        prepare_models(settings.models_dir, settings.facenet, weights=settings.weights, progress=progress.report)
        pictures = demo_photos(settings.downloads_dir, progress=progress.report)
        _index_evening(settings, pictures / "train", progress)
    token_file = settings.data_dir / "demo" / NAME
    os.environ.setdefault("FTA_OPS_TOKEN", dashboard_token(token_file.parent))  # for the API's process
    with running_api(ApiSettings().port) as (url, api):
        from cli.client import ApiClient

        with TerminalProgress() as progress:
            questions = ask_all(ApiClient(url), pictures / "val", REGION, progress)
        stdout.print(tabulate(questions))
        right = sum(question.is_right for question in questions)
        stdout.print(f"{right} of {len(questions)} right.")
        if right < REQUIRED:
            stderr.print(f"[red]error:[/] at least {REQUIRED} of {len(questions)} answers should be right.")
            raise typer.Exit(1)
        if serve:
            _keep_open(url, api, token_file)


def _index_evening(settings: "IndexerSettings", training: Path, progress: TerminalProgress) -> None:
    from cli.demo.guide import write_guide
    from cli.demo.photos import make_photo_folder
    from cli.index import report_table
    from cli.indexer_services import open_indexer
    from indexer.runs.index_region import index_region

    now = datetime.now(UTC)
    folder = settings.data_dir / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    guide, photos = folder / "guide.xml", folder / "photos"
    write_guide(guide, now)
    make_photo_folder(training, photos)
    with open_indexer(settings) as services:
        report = index_region(
            settings,
            services.engine,
            services.storage,
            services.faces,
            REGION,
            first=(now - LOOK_BACK).date(),
            days=DAYS,
            guide=str(guide),
            photos=photos,
            progress=progress,
        )
    stdout.print(report_table(report))


def _keep_open(url: str, api: "subprocess.Popen[bytes]", token_file: Path) -> None:
    try:
        stdout.print(f"\nThe web app is open at [bold]{url}[/] (Ctrl-C stops it).")
        stdout.print(f"Is tonight covered? See [bold]{url}/ops[/]; its token is FTA_OPS_TOKEN, or in {token_file}.")
        api.wait()
    except KeyboardInterrupt:
        stdout.print("Stopped.")
