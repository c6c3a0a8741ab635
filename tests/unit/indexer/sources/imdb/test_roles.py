import pytest

from indexer.sources.imdb.roles import read_part


@pytest.mark.parametrize(
    ("characters", "notes", "role", "on_screen"),
    [
        (["Neo"], [], "Neo", True),
        (["Cop (as Chris Scott)"], [], "Cop", True),
        (["Cop"], ["(as Chris (Big) Scott) (uncredited)"], "Cop", True),
        (["The Smuggler (young)"], [], "The Smuggler (young)", True),
        (["Woody (voice)"], [], "Woody", False),
        (["Woody"], ["(voice)"], "Woody", False),
        (["Woody"], ["(English version: voice)"], "Woody", False),
        (["Vincent (singing voice)"], [], "Vincent", False),
        (["Neo / Narrator (voice)"], [], "Neo / Narrator", True),
        (["Ghost (voice) / Radio (voice)"], [], "Ghost / Radio", False),
        (["The Voice"], [], "The Voice", True),
        (["Self - Invoiced Guest (archive footage)"], [], "Self - Invoiced Guest", True),
        (["Guard"], ["(scenes deleted)"], "Guard", False),
        (["Boss"], ["(credit only)"], "Boss", False),
        (["Walter / ... 62 episodes, 2008-2013"], [], "Walter", True),
        (["Walter", "Walter"], ["(62 episodes, 2008-2013)"], "Walter", True),
        ([], [], None, True),
        ([" ... "], [], None, True),
        (["Neo" + " " * 200_000 + "(voice)"], [], "Neo", False),
    ],
)
def test_a_part_is_read_without_its_notes(
    characters: list[str], notes: list[str], role: str | None, on_screen: bool
) -> None:
    part = read_part(characters, notes)

    assert (part.role, part.on_screen) == (role, on_screen)
