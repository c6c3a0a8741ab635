import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.base import InvalidKey
from storage.keys import check_key, check_prefix, is_key

PARTS = st.text("abcXYZ019._=-", min_size=1, max_size=12).filter(lambda part: part not in {".", ".."})


@given(st.lists(PARTS, min_size=1, max_size=6))
def test_plain_parts_joined_by_slashes_are_a_key(parts: list[str]) -> None:
    key = "/".join(parts)
    assert check_key(key) == key


@pytest.mark.parametrize(
    "key",
    ["", "/a", "a/", "a//b", ".", "..", "a/../b", "a/./b", "a b", "a\\b", "é", "a\x00", "a\n", "~partial/x", "C:a"],
)
def test_anything_else_is_refused(key: str) -> None:
    assert not is_key(key)
    with pytest.raises(InvalidKey, match="storage key"):
        check_key(key)


@pytest.mark.parametrize("key", ["x" * 256, "/".join(["x" * 100] * 6)])
def test_a_key_that_some_store_cannot_hold_is_refused(key: str) -> None:
    assert not is_key(key)


@pytest.mark.parametrize("prefix", ["", "a", "a/", "a/b", "a.", "a/."])
def test_a_prefix_may_end_anywhere_in_a_key(prefix: str) -> None:
    assert check_prefix(prefix) == prefix


@pytest.mark.parametrize("prefix", ["/", "../", "a//", "a b"])
def test_a_prefix_that_starts_no_key_is_refused(prefix: str) -> None:
    with pytest.raises(InvalidKey):
        check_prefix(prefix)
