import pytest

from indexer.identity.scripts import scripts_of


@pytest.mark.parametrize(
    ("names", "scripts"),
    [
        (["Zoë Saldaña", "Łukasz"], {"LATIN"}),
        (["Чулпан Хаматова"], {"CYRILLIC"}),
        (["周星馳"], {"CJK"}),
        (["Ειρήνη Παππά", "Irene Papas"], {"GREEK", "LATIN"}),
        (["50 ¢", "…"], set()),
        ([], set()),
    ],
)
def test_a_name_is_in_the_scripts_of_its_letters(names: list[str], scripts: set[str]) -> None:
    assert scripts_of(names) == scripts
