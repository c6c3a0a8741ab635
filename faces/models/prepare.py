"""Prepares the model files once: downloads, exports, checks and keeps them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from faces.errors import ExportFailed, ModelsDamaged, ModelsMissing
from faces.models.cache import build_folder
from faces.models.checkpoints import Checkpoint, find_checkpoint
from faces.models.inventory import take_inventory
from faces.models.manifest import FORMAT, MANIFEST, Manifest, model_key, read_manifest
from faces.models.steps import Progress, StepFailed, run_step, silent
from faces.models.weights import demo_photos, find_weights

__all__ = ["demo_photos", "prepare_models"]

EXPORTING = "Exporting the networks"


def prepare_models(
    models_dir: Path,
    facenet: str,
    *,
    downloads: Path | None = None,
    weights: Path | None = None,
    progress: Progress = silent,
) -> Path:
    """Return the folder of prepared models, `models_dir / facenet`; prepare it first if it is absent or damaged.

    `facenet` is `msceleb-128` or a keras-facenet key. `weights` is a file to use instead of a download, with the
    same SHA-256. Downloads are kept in `downloads` (None: beside `models_dir`).
    The `prepare` extra is needed only when there is something to do. TensorFlow runs in a process of its own.
    Raises `ModelsError`, and then leaves nothing incomplete behind.
    """
    folder = models_dir / facenet
    downloads = downloads or models_dir.parent / "downloads"

    def ready() -> bool:
        try:
            read_manifest(folder, hashes=False)
        except (ModelsMissing, ModelsDamaged):
            return False
        return True

    def build(scratch: Path) -> None:
        checkpoint = find_checkpoint(facenet)
        file = find_weights(checkpoint, downloads, weights, progress)
        _export(checkpoint, file, demo_photos(downloads, progress), scratch, progress)

    return build_folder(folder, ready=ready, build=build)


def _export(checkpoint: Checkpoint, weights: Path, photos: Path, target: Path, progress: Progress) -> None:
    result: dict[str, Any] = {}

    def report(line: Mapping[str, Any]) -> None:
        result.update(line)
        progress(EXPORTING, line.get("exported", 4), 4)

    progress(EXPORTING, 0, 4)
    arguments = [checkpoint.key, weights, photos / "val", target]
    try:
        run_step(["-m", "faces.models.export", *map(str, arguments)], report)
    except StepFailed as failure:
        raise ExportFailed(f"The models could not be exported: {failure}") from failure
    manifest = Manifest(
        format=FORMAT,
        model_key=model_key(checkpoint.key),
        facenet=checkpoint.key,
        dimension=checkpoint.dimension,
        versions=result["versions"],
        parity=result["parity"],
        files=take_inventory(target),
    )
    (target / MANIFEST).write_text(json.dumps(manifest, indent=1))
