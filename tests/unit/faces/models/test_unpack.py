import io
import tarfile
from pathlib import Path

import pytest

from faces.errors import DownloadFailed
from faces.models import downloads
from faces.models.downloads import ARCHIVE_ROOT, PHOTOS, unpack

PHOTO = f"{ARCHIVE_ROOT}/{PHOTOS}/train/somebody/1.jpg"


def archive(path: Path, *members: tuple[str, bytes | str]) -> Path:
    """A tar of files (bytes) and symbolic links (str)."""
    with tarfile.open(path, "w:gz") as tar:
        for name, content in members:
            info = tarfile.TarInfo(name)
            if isinstance(content, str):
                info.type, info.linkname = tarfile.SYMTYPE, content
                tar.addfile(info)
            else:
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
    return path


def unpacked(tmp_path: Path, *members: tuple[str, bytes | str]) -> dict[str, bytes]:
    target = tmp_path / "inner" / "target"
    target.mkdir(parents=True)
    unpack(archive(tmp_path / "a.tar.gz", *members), target)
    return {path.relative_to(target).as_posix(): path.read_bytes() for path in target.rglob("*") if path.is_file()}


def test_takes_the_wanted_folders_and_no_code(tmp_path: Path) -> None:
    files = unpacked(
        tmp_path,
        (f"{ARCHIVE_ROOT}/setup.py", b"raise SystemExit"),
        (f"{ARCHIVE_ROOT}/model/facenet_keras.h5", b"weights"),
        (f"{ARCHIVE_ROOT}/{PHOTOS}/data/train/somebody/1.jpg", b"a copy"),
        (f"{ARCHIVE_ROOT}/{PHOTOS}/train/.DS_Store", b""),
        (PHOTO, b"photo"),
    )
    assert files == {"model/facenet_keras.h5": b"weights", f"{PHOTOS}/train/somebody/1.jpg": b"photo"}


@pytest.mark.parametrize(
    "name",
    [
        f"{ARCHIVE_ROOT}/model/../../../escaped",
        f"../{ARCHIVE_ROOT}/model/escaped",
        f"/{ARCHIVE_ROOT}/model/escaped",
        "other-root/model/escaped",
    ],
)
def test_leaves_out_paths_that_lead_elsewhere(tmp_path: Path, name: str) -> None:
    assert unpacked(tmp_path, (name, b"x")) == {}
    assert not list(tmp_path.rglob("escaped"))


def test_leaves_out_links(tmp_path: Path) -> None:
    assert unpacked(tmp_path, (f"{ARCHIVE_ROOT}/model", "/etc"), (f"{ARCHIVE_ROOT}/model/link", "/etc/passwd")) == {}


@pytest.mark.parametrize(("limit", "count"), [("LARGEST_FILE_BYTES", 1), ("LARGEST_TOTAL_BYTES", 3)])
def test_refuses_sizes_out_of_proportion(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, count: int
) -> None:
    monkeypatch.setattr(downloads, limit, 250)
    members = [(f"{ARCHIVE_ROOT}/model/{i}", b"x" * (251 // count + 1)) for i in range(count)]
    with pytest.raises(DownloadFailed, match="larger than expected"):
        unpacked(tmp_path, *members)
