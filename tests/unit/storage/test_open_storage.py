from pathlib import Path

import pytest

from storage import open_storage
from storage.base import InvalidStorageUrl
from storage.folder import FolderStorage
from storage.s3 import S3Storage


def test_a_path_opens_a_folder_and_makes_nothing_yet(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path / "objects"))
    assert isinstance(storage, FolderStorage)
    assert list(storage.keys()) == []
    assert not (tmp_path / "objects").exists()


@pytest.mark.parametrize(
    ("url", "bucket", "prefix"),
    [
        ("s3://faces", "faces", ""),
        ("s3://faces/", "faces", ""),
        ("s3://my.bucket/a/b/", "my.bucket", "a/b/"),
    ],
)
def test_an_s3_url_opens_a_bucket_with_its_prefix(
    url: str, bucket: str, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")  # or boto3 asks the machine it might run on
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    storage = open_storage(url, s3_endpoint="http://127.0.0.1:1")
    assert isinstance(storage, S3Storage)
    assert (storage.bucket, storage.prefix) == (bucket, prefix)


@pytest.mark.parametrize(
    "url", ["", "gs://bucket", "https://host/x", "s3://", "s3://B", "s3://ok-bucket/a b", "s3:///x"]
)
def test_anything_else_is_refused_with_what_to_write(url: str) -> None:
    with pytest.raises(InvalidStorageUrl, match="s3://bucket"):
        open_storage(url)


def test_an_endpoint_without_a_scheme_is_refused() -> None:
    with pytest.raises(InvalidStorageUrl, match="http://host:port"):
        open_storage("s3://bucket", s3_endpoint="localhost:9000")
