import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.http.cache import HttpCache, Response, ResponseHead

HEAD = ResponseHead("https://a.example/", 200, time.time(), content_type="text/html", etag='"1"')


def content(answer: Response | None) -> bytes:
    assert answer
    with answer.body:
        return answer.body.read()


def failing() -> Iterator[bytes]:
    yield b"half"
    raise ConnectionResetError


def test_an_answer_is_found_again(tmp_path: Path) -> None:
    HttpCache(tmp_path).put("key", HEAD, [b"do", b"cument"]).close()

    found = HttpCache(tmp_path).find("key")

    assert found
    assert found.head == HEAD
    assert found.from_cache
    assert content(found) == b"document"


def test_an_answer_that_fails_leaves_the_one_before_and_nothing_else(tmp_path: Path) -> None:
    cache = HttpCache(tmp_path)
    cache.put("key", HEAD, [b"before"]).close()

    for place in (cache.put, lambda _, head, chunks: cache.pass_through(head, chunks)):
        with pytest.raises(ConnectionResetError):
            place("key", HEAD, failing())

    assert content(cache.find("key")) == b"before"
    assert len(list((tmp_path / "bodies").iterdir())) == 1


def test_an_answer_that_is_being_read_stays_as_it_is(tmp_path: Path) -> None:
    cache = HttpCache(tmp_path)
    before = cache.put("key", HEAD, [b"before"])
    cache.put("key", HEAD, [b"after"]).close()

    assert content(before) == b"before"
    assert content(cache.find("key")) == b"after"


@pytest.mark.parametrize("written", [b"", b"{", b"[]", b"null", b'{"facts": 1}', b'{"facts": {"url": 1}}', b"\xff"])
def test_facts_that_make_no_sense_are_no_answer(tmp_path: Path, written: bytes) -> None:
    cache = HttpCache(tmp_path)
    (tmp_path / "facts" / "key").write_bytes(written)
    (tmp_path / "bodies" / "none").touch()

    assert cache.find("key") is None
    cache.put("key", HEAD, [b"document"]).close()
    assert content(cache.find("key")) == b"document"


def test_the_key_of_a_question_is_of_its_url_and_headers() -> None:
    keys = {
        HttpCache.key("a", {}),
        HttpCache.key("b", {}),
        HttpCache.key("a", {"Accept": "x"}),
        HttpCache.key("a", {"Accept": "y"}),
    }

    assert len(keys) == 4
    assert HttpCache.key("a", {"X": "1", "Y": "2"}) == HttpCache.key("a", {"Y": "2", "X": "1"})
