import pytest

from indexer.identity.spelling import name_spelling, title_spelling


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Joséphine, ange gardien", "JOSEPHINE ANGE GARDIEN"),
        ("Law & Order", "Law and Order"),
        ("L'Été meurtrier", "L’ete meurtrier"),
        ("S.W.A.T.", "S W A T"),
        ("Spider-Man : New Generation", "Spider Man: New Generation"),
    ],
)
def test_one_title_is_one_however_it_is_spelled(one: str, other: str) -> None:
    assert title_spelling(one) == title_spelling(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Taxi", "Taxi 2"), ("Alien", "Aliens"), ("Rocky II", "Rocky III"), ("&", "and")]
)
def test_two_titles_stay_two(one: str, other: str) -> None:
    assert title_spelling(one) != title_spelling(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zoë Saldaña", "Zoe Saldana"),
        ("J.K. Simmons", "J. K. Simmons"),
        ("J. K. Simmons", "JK Simmons"),
        ("Jean-Pierre Léaud", "Jean Pierre Leaud"),
        ("Chiwetel  Ejiofor ", "chiwetel ejiofor"),
    ],
)
def test_one_name_is_one_however_it_is_spelled(one: str, other: str) -> None:
    assert name_spelling(one) == name_spelling(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Brian Cox", "Brian Fox"), ("Чулпан Хаматова", "Чулпан Шаматова"), ("周星馳", "周潤發")]
)
def test_two_names_stay_two(one: str, other: str) -> None:
    assert name_spelling(one) != name_spelling(other)


@pytest.mark.parametrize("text", ["???", "…", "+", "'"])
def test_nothing_but_signs_is_still_something(text: str) -> None:
    assert title_spelling(text)
    assert name_spelling(text)
