import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.keys import fold, richness, slug


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Zoé   Saldaña ", "zoe saldana"),
        ("ZOÉ\tSALDAÑA", "zoe saldana"),
        ("Anıl Çelik", "anil celik"),
        ("Søren Œuvray", "soren oeuvray"),
        ("L’été d'Élodie", "l'ete d'elodie"),
        ("Straße", "strasse"),
        ("Анна", "анна"),
        ("   ", ""),
    ],
)
def test_one_name_written_in_several_ways_folds_to_one_key(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("France 2", "france-2"), ("Canal+", "canal+"), ("L'Equipe", "l-equipe"), ("La Chaîne  Météo", "la-chaine-meteo")],
)
def test_a_channel_name_becomes_a_slug(name: str, expected: str) -> None:
    assert slug(name) == expected


def test_names_in_other_scripts_stay_apart() -> None:
    assert slug("Россия 1") != slug("Москва 1")
    assert slug("朝日")
    assert slug("朝日") != slug("日テレ")


@given(st.text(min_size=1).filter(str.strip))
def test_a_slug_has_only_the_promised_characters(name: str) -> None:
    assert slug(name)
    assert set(slug(name)) <= set("abcdefghijklmnopqrstuvwxyz0123456789+-")


def test_of_two_spellings_the_one_that_lost_least_is_kept() -> None:
    assert max("Meteo", "Météo", key=richness) == "Météo"
    assert max("MÉTÉO", "Météo", key=richness) == "Météo"
