import pytest

from indexer.http.keys import Keyring


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example/3/search?api_key=SECRET&query=a",
        "https://api.example/?q=a&key=SECRET",
        "https://api.example/?q=a&KEY=SECRET#part",
        "https://api.example:8080/?access_token=SECRET",
        "https://api.example/?token=a%2BSECRET%E9",
    ],
)
def test_a_hidden_key_comes_back_as_it_was(url: str) -> None:
    keyring = Keyring()

    hidden = keyring.redact(url)

    assert "SECRET" not in hidden
    assert keyring.restore("api.example", hidden) == url
    assert keyring.restore("other.example", hidden) == hidden


@pytest.mark.parametrize(
    "url", ["https://a.example/?monkey=a&keyword=b", "https://a.example/key=a", "https://a.example/"]
)
def test_other_parameters_are_left_alone(url: str) -> None:
    assert Keyring().redact(url) == url


def test_what_is_hidden_stays_as_it_is() -> None:
    keyring = Keyring()
    hidden = keyring.redact("https://a.example/?key=SECRET")

    assert keyring.redact(hidden) == hidden
    assert Keyring().redact(hidden) == hidden


def test_equal_keys_have_equal_stand_ins_in_every_process() -> None:
    url, other = "https://a.example/?key=one", "https://a.example/?key=two"

    assert Keyring().redact(url) == Keyring().redact(url) != Keyring().redact(other)


def test_a_key_in_what_is_no_url_is_hidden_for_good() -> None:
    keyring = Keyring()
    hidden = keyring.redact("http://[::1/?key=SECRET")

    assert "SECRET" not in hidden
    assert "SECRET" not in keyring.restore("::1", hidden)
