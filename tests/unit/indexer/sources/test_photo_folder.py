import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.errors import PageChanged, SourceUnavailable
from indexer.sources import photo_folder
from indexer.sources.photo_folder import PhotoFolder, parse_credits
from indexer.sources.records import LatestCreditRecord


def put(root: Path, *names: str, data: bytes = b"picture") -> None:
    for name in names:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


def origins(folder: PhotoFolder, name_key: str) -> list[str]:
    found = folder.photos_of(name_key)
    assert found is not None
    return [photo.origin for photo in found.photos]


def test_names_meet_without_accents_case_or_underscores(tmp_path: Path) -> None:
    put(tmp_path, "Zoé_Saldaña/1.jpg", "MADONNA/1.jpg")
    folder = PhotoFolder(tmp_path, per_person=10)

    assert origins(folder, "zoe saldana") == ["Zoé_Saldaña/1.jpg"]
    assert origins(folder, "madonna") == ["MADONNA/1.jpg"]
    assert folder.photos_of("somebody else") is None


def test_only_the_first_so_many_are_chosen_and_the_rest_has_a_reason(tmp_path: Path) -> None:
    put(tmp_path, *(f"Ana/{n}.jpg" for n in range(5)))
    found = PhotoFolder(tmp_path, per_person=3).photos_of("ana")

    assert found is not None
    assert [photo.origin for photo in found.photos] == ["Ana/0.jpg", "Ana/1.jpg", "Ana/2.jpg"]
    assert found.ignored == {"Ana/3.jpg": "3 photos are enough", "Ana/4.jpg": "3 photos are enough"}


def test_what_is_no_picture_is_left_out_with_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo_folder, "MAX_PHOTO_BYTES", 100)
    put(tmp_path, "Ana/.hidden.jpg", "Ana/notes.txt", "Ana/deeper/1.jpg", "Ana/good.PNG")
    put(tmp_path, "Ana/huge.jpg", data=b"x" * 101)
    put(tmp_path, "Ana/nothing.jpg", data=b"")
    found = PhotoFolder(tmp_path, per_person=10).photos_of("ana")

    assert found is not None
    assert [photo.origin for photo in found.photos] == ["Ana/good.PNG"]
    assert found.ignored == {
        "Ana/.hidden.jpg": "a hidden file",
        "Ana/deeper": "not a file",
        "Ana/huge.jpg": "over 100 bytes",
        "Ana/notes.txt": "not a picture",
        "Ana/nothing.jpg": "empty",
    }


def test_two_folders_of_one_person_are_one(tmp_path: Path) -> None:
    put(tmp_path, "Ana Sol/1.jpg", "ana_sol/1.jpg")

    assert sorted(origins(PhotoFolder(tmp_path, per_person=10), "ana sol")) == ["Ana Sol/1.jpg", "ana_sol/1.jpg"]


def test_the_credits_file_says_where_somebody_was_last_seen(tmp_path: Path) -> None:
    put(tmp_path, "Ana Sol/1.jpg")
    entries = {"licence": "CC BY 4.0", "Ana Sol": {"title": "Air", "year": 2023, "role": "Phil", "co_star": "Bo Li"}}
    put(tmp_path, "credits.json", data=json.dumps(entries).encode())
    folder = PhotoFolder(tmp_path, per_person=10)

    assert folder.credits.licence == "CC BY 4.0"
    assert folder.credits.latest == {"ana sol": LatestCreditRecord("Air", 2023, "Phil", "Bo Li")}


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"[]",
        b'{"Ana": 1}',
        b'{"Ana": {}}',
        b'{"Ana": {"title": "Air", "year": "2023"}}',
        b'{"licence": 1}',
        b"\xff",
    ],
)
def test_a_credits_file_in_another_form_is_an_alarm(data: bytes) -> None:
    with pytest.raises(PageChanged, match=r"credits\.json"):
        parse_credits(data)


def test_a_folder_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="photo folder"):
        PhotoFolder(tmp_path / "none", per_person=10)


def test_a_photo_that_went_away_says_so(tmp_path: Path) -> None:
    put(tmp_path, "Ana/1.jpg")
    found = PhotoFolder(tmp_path, per_person=10).photos_of("ana")
    assert found is not None
    (tmp_path / "Ana/1.jpg").unlink()

    with pytest.raises(SourceUnavailable, match=r"Ana/1\.jpg"):
        found.photos[0].read()


def test_a_name_that_is_not_utf_8_is_left_out_and_told(tmp_path: Path) -> None:
    put(tmp_path, "Ana/1.jpg", os.fsdecode(b"Ana/\xe9t\xe9.jpg"), os.fsdecode(b"Zo\xeb/1.jpg"))
    folder = PhotoFolder(tmp_path, per_person=10)
    found = folder.photos_of("ana")

    assert found is not None
    assert origins(folder, "ana") == ["Ana/1.jpg"]
    assert found.ignored == {r"Ana/\xe9t\xe9.jpg": "cannot be read: its name is not UTF-8"}
    assert folder.ignored == {r"Zo\xeb": "cannot be read: its name is not UTF-8"}


def test_a_folder_or_a_file_that_cannot_be_read_leaves_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "Ana/1.jpg", "Bob/1.jpg", "Bob/2.jpg", "Bob/3.jpg")
    listed, is_file = Path.iterdir, Path.is_file

    def iterdir(path: Path) -> Iterator[Path]:
        if path.name == "Ana":
            raise PermissionError(13, "Permission denied")
        return listed(path)

    def checked(path: Path) -> bool:
        if path.name == "2.jpg":
            raise OSError(5, "Input/output error")
        return is_file(path)

    monkeypatch.setattr(Path, "iterdir", iterdir)
    monkeypatch.setattr(Path, "is_file", checked)
    folder = PhotoFolder(tmp_path, per_person=10)

    assert origins(folder, "ana") == []
    assert origins(folder, "bob") == ["Bob/1.jpg", "Bob/3.jpg"]
    assert folder.ignored == {"Ana": "cannot be read: Permission denied"}


def test_broken_links_and_special_files_are_left_out(tmp_path: Path) -> None:
    put(tmp_path, "Ana/1.jpg")
    (tmp_path / "Ana/link.jpg").symlink_to(tmp_path / "nowhere.jpg")
    (tmp_path / "Bob").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "Ana/pipe.jpg")
    folder = PhotoFolder(tmp_path, per_person=10)
    found = folder.photos_of("ana")

    assert found is not None
    assert origins(folder, "ana") == ["Ana/1.jpg"]
    assert found.ignored == {"Ana/link.jpg": "cannot be read: a broken link", "Ana/pipe.jpg": "not a file"}


def test_credits_that_cannot_be_read_leave_the_photos(tmp_path: Path) -> None:
    put(tmp_path, "Ana/1.jpg")
    put(tmp_path, "credits.json", data=b"{")
    folder = PhotoFolder(tmp_path, per_person=10)

    assert origins(folder, "ana") == ["Ana/1.jpg"]
    assert "no JSON" in folder.ignored["credits.json"]
