import pytest

from indexer.identity.decorations import undecorated


@pytest.mark.parametrize(
    ("listed", "title", "year"),
    [
        ("New: The Staircase", "The Staircase", None),
        ("New: The Piano: The Final", "The Piano: The Final", None),
        ("Live: Sunday Brunch", "Sunday Brunch", None),
        ("FILM: Dune (2021)", "Dune", 2021),
        ("Film : Le Dîner de cons", "Le Dîner de cons", None),
        ("Inédit - Joséphine, ange gardien", "Joséphine, ange gardien", None),
        ("Joséphine, ange gardien (Inédit)", "Joséphine, ange gardien", None),
        ("Le Bureau des légendes INÉDIT", "Le Bureau des légendes", None),
        ("Capitaine Marleau (Rediff.)", "Capitaine Marleau", None),
        ("Capitaine Marleau rediff.", "Capitaine Marleau", None),
        ("HPI S2 E5", "HPI", None),
        ("HPI - S02E05", "HPI", None),
        ("HPI (Saison 2, épisode 5)", "HPI", None),
        ("HPI : Saison 2 Épisode 5/8", "HPI", None),
        ("Fargo - Saison 2", "Fargo", None),
        ("C Politique S16", "C Politique", None),
        ("Demain nous appartient - S9", "Demain nous appartient", None),
        ("Silent Witness: Series 28", "Silent Witness", None),
        ("Vera Series 2", "Vera", None),
        ("Un si grand soleil, saison 3", "Un si grand soleil", None),
        ("Sambre (S1)", "Sambre", None),
        ("Sambre S.1", "Sambre", None),
        ("Sambre (S01E02)", "Sambre", None),
        ("Sambre S2 (Rediff.)", "Sambre", None),
        ("Les Rois maudits (2/6)", "Les Rois maudits", None),
        ("PAW Patrol (Visually Signed)", "PAW Patrol", None),
        ("Vera [S,AD]", "Vera", None),
        ("New: Vera S3 Ep 2 (Repeat)", "Vera", None),
        ("Casino Royale (1967)", "Casino Royale", 1967),
    ],
)
def test_what_a_guide_writes_around_a_title_is_none_of_it(listed: str, title: str, year: int | None) -> None:
    assert undecorated(listed) == (title, year)


@pytest.mark.parametrize(
    "title",
    [
        "Cosmos 1999",
        "2012",
        "1917",
        "Blade Runner 2049",
        "ICI 12/13",
        "New York, unité spéciale",
        "Live Free or Die Hard",
        "Film",
        "(500) jours ensemble",
        "S.W.A.T.",
        "Les Croods (Pré)histoires de famille",
        "Paris direct : le journal",
        "Une saison au zoo",
        "E.T.",
        "Taxi 2",
        "S1",
        "Les S 3",
        "World Series 2024",
        "Class1",
        "Galaxy S2025",
        "M",
        "Ocean's 8",
        "Inédit",
        "(Rediff.)",
        "Louis la brocante : Louis et la grande cousine (partie 2)",
        "Directo al grano",
        "New: ",
    ],
)
def test_what_may_belong_to_the_title_stays(title: str) -> None:
    assert undecorated(title) == (title.strip(), None)
