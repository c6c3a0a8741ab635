"""The parts of the accuracy benchmark that need no pictures of people."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from lxml import etree
from numpy.typing import NDArray

from benchmarks.accuracy.broadcast import Material
from benchmarks.accuracy.comparison import System, differences
from benchmarks.accuracy.dataset import with_label_noise
from benchmarks.accuracy.frames import Portrait
from benchmarks.accuracy.methods import NEVER, best_scores, hits, match_curve
from benchmarks.accuracy.metrics import Guesses
from benchmarks.accuracy.plots import match_curve_plot, reliability_plot
from benchmarks.accuracy.screens import CONDITIONS, SMALL_FACE, TV_FACE, shrink, simulate
from benchmarks.accuracy.shots import Label, Shot, labels, read_airings, shots_of
from benchmarks.accuracy.tables import calibration_row, row
from faces.types import Detection
from gallery.search import Gallery
from tests.unit.gallery.evening import axes, two_programmes

NAMES = ("A", "B", "C")


def picture(seed: int = 1) -> NDArray[np.uint8]:
    random = np.random.default_rng(seed)
    return np.kron(random.integers(0, 256, (12, 16, 3)), np.ones((20, 20, 1))).astype(np.uint8)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_simulated_screen_changes_the_picture_the_same_way_every_time(condition: str) -> None:
    once, again = (simulate(condition, picture(), TV_FACE, "a.jpg") for _ in range(2))
    assert np.array_equal(once, again)
    assert once.dtype == np.uint8
    smaller = shrink(picture(), TV_FACE, SMALL_FACE if condition == "small" else TV_FACE)
    assert once.shape == smaller.shape
    assert np.abs(once.astype(int) - smaller).mean() > 1


def test_the_frames_of_a_burst_differ_and_are_the_same_on_every_run() -> None:
    first, second, again = (simulate("moire", picture(), TV_FACE, "a.jpg", frame) for frame in (0, 1, 1))
    assert not np.array_equal(first, second)
    assert np.array_equal(second, again)


def test_chance_differs_from_picture_to_picture() -> None:
    assert not np.array_equal(*(simulate("glare", picture(), TV_FACE, name) for name in ("a.jpg", "b.jpg")))


def test_the_dark_is_dark_and_glare_is_bright() -> None:
    assert simulate("dark", picture(), TV_FACE, "a").mean() < 0.6 * picture().mean()
    assert simulate("glare", picture(), TV_FACE, "a").mean() > picture().mean()


def test_a_face_is_shrunk_to_size_but_never_enlarged() -> None:
    assert shrink(picture(), 2 * TV_FACE, TV_FACE).shape == (120, 160, 3)
    assert shrink(picture(), TV_FACE / 2, TV_FACE).shape == (240, 320, 3)


def scores(shot: Shot) -> tuple[Sequence[str], NDArray[np.floating]]:
    """The embedding itself is the similarity to A, B and C."""
    return NAMES, shot.embeddings.reshape(-1, 3)


def shot(rows: list[list[float]], *visible: str) -> Shot:
    return Shot(np.array(rows, np.float32).reshape(-1, 3), frozenset(visible), "clean", max(1, len(visible)))


def test_a_person_is_hit_by_the_face_that_says_the_name_first() -> None:
    [a, b] = sorted(hits([shot([[0.9, 0.5, 0.1], [0.7, 0.6, 0.8]], "A", "B")], scores), key=lambda hit: hit.person)
    assert (a.person, a.rank, a.found) == ("A", 0, 1.0)
    assert a.score == pytest.approx(0.9)
    assert (b.person, b.rank, b.score) == ("B", 1, -np.inf)


def test_who_is_not_found_or_not_enrolled_is_counted_as_such() -> None:
    [missed] = hits([shot([], "A", "not enrolled")], scores)
    assert (missed.person, missed.found, missed.rank) == ("A", 0.0, NEVER)
    assert match_curve([missed])[-1] == (0, 0, 0)


def test_a_row_counts_names_below_the_strangers_as_missed() -> None:
    results = hits([shot([[0.9, 0, 0]], "A"), shot([[0, 0.4, 0]], "B"), shot([[0, 0.5, 0.1]], "C")], scores)
    strangers = best_scores([shot([[0.1, 0.5, 0]])], scores)
    cells = [cell.strip() for cell in row("clean", results, strangers).split("|")[1:-1]]
    assert cells[:3] == ["clean", "3", "100.0%"]
    assert [cell.split(" (")[0] for cell in cells[3:]] == ["66.7%", "100.0%", "66.7%", "66.7%"]
    assert [cell.split(" (")[1] for cell in cells[3:5]] == ["0.0% to 100.0%)", "100.0% to 100.0%)"]


def test_two_ways_are_compared_by_the_same_people_and_their_own_strangers() -> None:
    people = [shot([[0.9, 0, 0]], "A"), shot([[0, 0.6, 0]], "B"), shot([[0.3, 0, 0.7]], "C")]
    worse = [shot([], "A"), shot([[0, 0.6, 0]], "B"), shot([[0.3, 0, 0.7]], "C")]
    ours = System(scores, people, [shot([[0.5, 0, 0]])])
    other = System(scores, worse, [shot([[0.65, 0, 0]])])
    lines = list(differences(ours, other))[1:]
    assert [line.split(" (")[0] for line in lines] == ["| clean | +33.3", "| all | +33.3"]
    assert [line.split(" | ")[2].split(" (")[0] for line in lines] == ["-66.7", "-66.7"]


def test_a_way_beside_itself_does_not_differ() -> None:
    side = System(scores, [shot([[0.9, 0, 0]], "A"), shot([[0.5, 0.4, 0]], "B")], [shot([[0.6, 0, 0]])])
    *_, line = differences(side, side)
    assert line == "| all | +0.0 (+0.0 to +0.0) | +0.0 (+0.0 to +0.0) |"


def test_without_strangers_nothing_is_said_of_the_difference() -> None:
    side = System(scores, [shot([[0.9, 0, 0]], "A")], [])
    assert list(differences(side, side))[1:] == [f"| {name} | +0.0 (+0.0 to +0.0) | – |" for name in ("clean", "all")]


def test_a_calibration_has_its_interval() -> None:
    guesses = Guesses.balanced([0.9] * 20, [True] * 18 + [False] * 2, [True] * 20, absent=0)
    error, interval = calibration_row("clean", guesses).split(" | ")[2].split(" (")
    low, high = (float(it) for it in interval.removesuffix(") |").split(" to "))
    assert error == "0.000"
    assert 0 <= low < high < 0.25


def test_a_broadcast_frame_shows_people_of_one_programme_and_is_the_same_on_every_run() -> None:
    face = Detection((100, 60, 180, 140), np.zeros((5, 2), np.float32), 1.0)
    portraits = {name: [Portrait(picture(number), face, 1.0)] for number, name in enumerate(["", *NAMES])}
    stage = Material(portraits, {4: ["A", "B"], 7: ["C"]}, [picture(9)])
    frames, again = ([stage.draw(n, random) for n in range(12)] for random in (np.random.default_rng(1) for _ in "ab"))
    for pixels, people, airing in frames:
        assert pixels.shape == (360, 640, 3)
        assert 1 <= len(people) == len(set(people) - {""}) + people.count("")
        assert set(people) <= (set(stage.casts[airing]) if airing is not None else {""})
    assert {airing for _, _, airing in frames} == {None, 4, 7}
    assert all(np.array_equal(one[0], other[0]) for one, other in zip(frames, again, strict=True))


def test_labels_come_from_folders_and_from_csv_files(tmp_path: Path) -> None:
    (tmp_path / "probes" / "A").mkdir(parents=True)
    for name in ("1.jpg", "2.jpg", "3.jpg"):
        (tmp_path / "probes" / "A" / name).touch()
    assert [(it.picture.name, it.visible, it.faces) for it in labels(tmp_path / "probes", 2)] == [
        ("1.jpg", {"A"}, 1),
        ("2.jpg", {"A"}, 1),
    ]
    table = tmp_path / "frames.csv"
    table.write_text("file,people,faces,airing\nx/1.jpg,A; B,3,7\n2.jpg,,1,\n")
    assert labels(table) == [
        Label(tmp_path / "x" / "1.jpg", frozenset({"A", "B"}), 3, 7),
        Label(tmp_path / "2.jpg", frozenset(), 1),
    ]
    seen = shots_of(labels(table), lambda picture, condition: axes(2), ["clean", "dark"])
    assert [(it.condition, it.faces, it.airing) for it in seen] == [
        ("clean", 3, 7), ("clean", 1, None), ("dark", 3, 7), ("dark", 1, None)
    ]  # fmt: skip


def test_airings_are_read_by_the_names_of_the_enrolled(tmp_path: Path) -> None:
    table = tmp_path / "airings.csv"
    table.write_text("airing,person\n5,Person 2\n4,Person 1\n5,Person 3\n5,Somebody else\n")
    airings = read_airings(table, Gallery(two_programmes()))
    assert [(it.id, [member.person_id for member in it.cast]) for it in airings] == [(4, [1]), (5, [2, 3])]


def test_a_spoilt_gallery_has_its_share_of_wrong_photos_but_never_of_the_only_one() -> None:
    photos = {name: [Path(name, str(n)) for n in range(10)] for name in NAMES} | {"D": [Path("D", "0")]}
    dirty = with_label_noise(photos, 0.3, seed=1)
    assert [sum(photo.parts[0] != name for photo in own) for name, own in dirty.items()] == [3, 3, 3, 0]
    assert dirty == with_label_noise(photos, 0.3, seed=1)


def test_the_plots_are_well_formed_and_show_every_point() -> None:
    reliability = etree.fromstring(reliability_plot([(0.1, 0.2, 0.5), (0.9, 1.0, 0.5)]))
    assert len(reliability.findall(".//{*}circle")) == 2
    curve = etree.fromstring(
        match_curve_plot({"ours & stock": [(0.7, 0.8, 0.9), (0.8, 0.9, 1.0)], "stock": [(0.5, 0.5, 0.6)] * 2})
    )
    assert len(curve.findall(".//{*}polygon")) == 2
    assert [text.text for text in curve.findall(".//{*}text")][-2:] == ["ours & stock", "stock"]


def test_a_table_may_have_a_byte_order_mark_capitals_and_empty_lines(tmp_path: Path) -> None:
    table = tmp_path / "frames.csv"
    table.write_text("\ufeffFile, People ,faces\na b.JPG,Zoe\u0301  X ; ,\n,,\nc.webp,,2\n", encoding="utf-8")
    first, second = labels(table)
    assert (first.picture, first.visible, first.faces) == (tmp_path / "a b.JPG", frozenset({"Zo\u00e9 X"}), 1)
    assert (second.visible, second.faces) == (frozenset(), 2)


@pytest.mark.parametrize(
    ("text", "said"),
    [("file,who\na,b\n", "no column people"), ("file,people,faces\na,b,two\n", r"line 2: faces is 'two'")],
)
def test_what_is_wrong_with_a_table_is_said(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "frames.csv").write_text(text)
    with pytest.raises(ValueError, match=said):
        labels(tmp_path / "frames.csv")


def test_a_table_line_of_nobody_is_no_error() -> None:
    assert row("clean", [], []) == "| clean | 0 | – | – | – | – | – |"
