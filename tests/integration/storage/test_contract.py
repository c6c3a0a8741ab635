"""What every storage does alike."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from storage.base import InvalidKey, ObjectNotFound, ObjectTooLarge, Storage

BYTES = bytes(range(256)) * 5


def test_what_was_put_is_what_one_gets(storage: Storage) -> None:
    storage.put("a/b.bin", BYTES)
    assert storage.get("a/b.bin", max_bytes=len(BYTES)) == BYTES
    assert storage.size("a/b.bin") == len(BYTES)


def test_an_empty_object_is_an_object(storage: Storage) -> None:
    storage.put("empty", b"")
    assert storage.get("empty", max_bytes=0) == b""
    assert storage.size("empty") == 0
    assert list(storage.keys()) == ["empty"]


def test_a_second_put_replaces_the_first(storage: Storage) -> None:
    storage.put("k", b"first, and longer")
    storage.put("k", b"second")
    assert storage.get("k", max_bytes=100) == b"second"


def test_a_missing_object_is_said_to_be_missing(storage: Storage) -> None:
    assert storage.size("no/such") is None
    with pytest.raises(ObjectNotFound, match="no/such"):
        storage.get("no/such", max_bytes=1)


def test_the_folder_of_an_object_is_no_object(storage: Storage) -> None:
    storage.put("a/b", b"x")
    assert storage.size("a") is None
    assert storage.size("a/b/c") is None
    with pytest.raises(ObjectNotFound):
        storage.get("a", max_bytes=1)
    storage.delete("a")
    assert list(storage.keys()) == ["a/b"]


def test_an_object_over_the_limit_is_not_read(storage: Storage) -> None:
    storage.put("k", b"12345")
    with pytest.raises(ObjectTooLarge, match="5 bytes"):
        storage.get("k", max_bytes=4)


def test_deleting_is_final_and_may_be_repeated(storage: Storage) -> None:
    storage.put("a/k", b"x")
    storage.delete("a/k")
    storage.delete("a/k")
    assert storage.size("a/k") is None
    assert list(storage.keys()) == []


def test_keys_come_in_lexicographic_order_of_the_whole_key(storage: Storage) -> None:
    keys = ["a-b", "a.b", "a/z", "a/b/c", "aa", "A", "a=", "b/1", "b-/1", "_"]
    for key in keys:
        storage.put(key, b"x")
    assert list(storage.keys()) == sorted(keys)


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("", ["x", "y/1", "y/22", "y/3/4"]),
        ("y", ["y/1", "y/22", "y/3/4"]),
        ("y/2", ["y/22"]),
        ("y/3/", ["y/3/4"]),
        ("z", []),
    ],
)
def test_a_prefix_selects_keys(storage: Storage, prefix: str, expected: list[str]) -> None:
    for key in ("y/3/4", "x", "y/22", "y/1"):
        storage.put(key, b"x")
    assert list(storage.keys(prefix)) == expected


@pytest.mark.parametrize("key", ["", "../up", "/etc/passwd", "a//b", "a b"])
def test_a_key_that_could_escape_is_refused_by_every_method(storage: Storage, key: str) -> None:
    for use in (
        lambda: storage.put(key, b""),
        lambda: storage.get(key, max_bytes=1),
        lambda: storage.size(key),
        lambda: storage.delete(key),
    ):
        with pytest.raises(InvalidKey):
            use()
    with pytest.raises(InvalidKey):
        list(storage.keys("../"))


def test_readers_beside_a_writer_see_whole_objects_only(storage: Storage) -> None:
    versions = [bytes([n]) * 50_000 for n in range(8)]
    storage.put("k", versions[0])
    with ThreadPoolExecutor(4) as pool:
        writing = [pool.submit(storage.put, "k", version) for version in versions]
        reading = [pool.submit(storage.get, "k", max_bytes=50_000) for _ in range(16)]
        assert all(read.result() in versions for read in reading)
        assert all(written.result() is None for written in writing)
    assert list(storage.keys()) == ["k"]
