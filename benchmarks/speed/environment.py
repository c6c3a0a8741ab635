"""The environment that all parts of a run share: the pictures, a running API, and the running rivals."""

import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.paths import ROOT
from benchmarks.rivals.process import RivalMissing, RivalProcess, running_rival
from benchmarks.speed.scenes import build_scenes
from benchmarks.speed.served_api import ServedApi, serving_day
from benchmarks.speed.synthetic_day import FACENET
from faces.models.checkpoints import find_checkpoint
from faces.models.prepare import demo_photos, prepare_models
from faces.models.steps import silent
from faces.models.weights import find_weights

STOCK, NETWORKS = "stock", "the bare networks"


@dataclass(frozen=True, slots=True)
class Environment:
    """Everything that the parts measure, running."""

    pictures: Mapping[str, Path]
    photos: Path
    models: Path
    rounds: int
    api: ServedApi
    rivals: Mapping[str, RivalProcess]
    rivals_python: str
    versions: dict[str, str] = field(default_factory=dict)


def prepare_environment(scratch: Path, rounds: int, rivals_python: str, cleanups: ExitStack) -> Environment:
    """Start the API and the rivals. Rivals that are not installed are left out."""
    models = prepare_models(ROOT / "var" / "models", FACENET).parent
    downloads = ROOT / "var" / "downloads"
    photos = demo_photos(downloads)
    scenes = build_scenes(photos / "val")
    pictures = {name: scratch / f"{name}.jpg" for name in scenes}
    for name, path in pictures.items():
        path.write_bytes(scenes[name])
    api = cleanups.enter_context(serving_day(models, scratch))
    rivals = _start_rivals(models / FACENET, downloads, rivals_python, cleanups)
    versions = {name: version for it in (api, *rivals.values()) for name, version in it.versions.items()}
    return Environment(pictures, photos, models, rounds, api, rivals, rivals_python, versions)


def _start_rivals(folder: Path, downloads: Path, rivals_python: str, cleanups: ExitStack) -> Mapping[str, RivalProcess]:
    weights = find_weights(find_checkpoint(FACENET), downloads, None, silent)
    rivals: dict[str, RivalProcess] = {
        NETWORKS: cleanups.enter_context(running_rival(sys.executable, "networks", [str(folder)])),
        STOCK: cleanups.enter_context(running_rival(sys.executable, "stock", [str(weights)])),
    }
    for name, module in {"facenet-pytorch MTCNN": "torch_mtcnn", "dlib": "dlib_resnet"}.items():
        try:
            rivals[name] = cleanups.enter_context(running_rival(rivals_python, module))
        except RivalMissing:
            print(f"{name} is left out: it is not installed for {Path(rivals_python).name}")
    return rivals
