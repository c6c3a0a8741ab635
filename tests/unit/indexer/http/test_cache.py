import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.http.cache import Answer, Facts, Shelf

FACTS = Facts("https://a.example/", 200, time.time(), content_type="text/html", etag='"1"')


def content(answer: Answer | None) -> bytes:
    assert answer
    with answer.body:
        return answer.body.read()


def failing() -> Iterator[bytes]:
    yield b"half"
    raise ConnectionResetError


def test_an_answer_is_found_again(tmp_path: Path) -> None:
    Shelf(tmp_path).put("key", FACTS, [b"do", b"cument"]).close()

    found = Shelf(tmp_path).find("key")

    assert found
    assert found.facts == FACTS
    assert found.from_cache
    assert content(found) == b"document"


def test_an_answer_that_fails_leaves_the_one_before_and_nothing_else(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.put("key", FACTS, [b"before"]).close()

    for place in (shelf.put, lambda _, facts, chunks: shelf.pass_through(facts, chunks)):
        with pytest.raises(ConnectionResetError):
            place("key", FACTS, failing())

    assert content(shelf.find("key")) == b"before"
    assert len(list((tmp_path / "bodies").iterdir())) == 1


def test_an_answer_that_is_being_read_stays_as_it_is(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    before = shelf.put("key", FACTS, [b"before"])
    shelf.put("key", FACTS, [b"after"]).close()

    assert content(before) == b"before"
    assert content(shelf.find("key")) == b"after"


@pytest.mark.parametrize("written", [b"", b"{", b"[]", b"null", b'{"facts": 1}', b'{"facts": {"url": 1}}', b"\xff"])
def test_facts_that_make_no_sense_are_no_answer(tmp_path: Path, written: bytes) -> None:
    shelf = Shelf(tmp_path)
    (tmp_path / "facts" / "key").write_bytes(written)
    (tmp_path / "bodies" / "none").touch()

    assert shelf.find("key") is None
    shelf.put("key", FACTS, [b"document"]).close()
    assert content(shelf.find("key")) == b"document"


def test_the_key_of_a_question_is_of_its_url_and_headers() -> None:
    keys = {Shelf.key("a", {}), Shelf.key("b", {}), Shelf.key("a", {"Accept": "x"}), Shelf.key("a", {"Accept": "y"})}

    assert len(keys) == 4
    assert Shelf.key("a", {"X": "1", "Y": "2"}) == Shelf.key("a", {"Y": "2", "X": "1"})
