"""`findtheactor models`: prepare the networks."""

from typing import Annotated

import typer

from cli.console import TerminalProgress, print_json, stdout
from settings.deployment import Deployment

app = typer.Typer(no_args_is_help=True, help="Fetch, convert and check the networks.")


@app.callback()
def group() -> None:
    """Keep `prepare` a subcommand, although it is the only one."""


@app.command()
def prepare(
    as_json: Annotated[bool, typer.Option("--json", help="Print the manifest as JSON.")] = False,
) -> None:
    """Fetch the FaceNet weights, check their SHA-256, export MTCNN and FaceNet, and compare them on real faces.

    Models that are prepared already are only checked. `FTA_FACENET` names the checkpoint; `FTA_WEIGHTS` names a file
    with its weights, if you have them already.
    """
    from faces.models.manifest import read_manifest
    from faces.models.prepare import prepare_models

    settings = Deployment()
    with TerminalProgress() as progress:
        folder = prepare_models(
            settings.models_dir, settings.facenet, weights=settings.weights, progress=progress.report
        )
    manifest = read_manifest(folder, hashes=True)
    if as_json:
        print_json(manifest)
        return
    stdout.print(f"[green]Ready[/]: {manifest['model_key']} in {folder}")
    for name, figure in manifest["parity"].items():
        stdout.print(f"  {name}: {figure}")
