"""Faces in a space of few dimensions: axis 0 is the person, the others are strangers."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery.select import (
    AMBIGUOUS,
    DUPLICATE,
    MAX_TEMPLATES,
    NOT_CHOSEN,
    OUTLIER,
    SURPLUS,
    Selection,
    misattributed_rows,
    select_faces,
)
from gallery.types import Vectors
from tests.unit.gallery.evening import unit_rows

DIMENSION = 32


def face(who: int, number: int) -> list[float]:
    """The face of somebody in one of their photos: similar (0.7) to their other ones, to nobody else's."""
    row = [0.0] * DIMENSION
    row[who] = 1.0
    row[8 + number % 24] = 0.65
    return row


def chosen(faces: Sequence[tuple[str, list[float]]], qualities: Sequence[float] | None = None) -> Selection:
    rows: Vectors = unit_rows([row for _, row in faces]) if faces else np.empty((0, DIMENSION), np.float32)
    return select_faces(rows, [photo for photo, _ in faces], qualities or [0.5] * len(faces))


def test_one_photo_of_one_face_is_enough() -> None:
    assert chosen([("a", face(0, 0))]) == Selection((0,), {})


def test_nobody_comes_of_nothing() -> None:
    assert chosen([]) == Selection((), {})


def test_the_face_that_comes_back_is_the_person() -> None:
    selection = chosen([("a", face(1, 9)), ("a", face(0, 0)), ("b", face(0, 1)), ("c", face(2, 8)), ("c", face(0, 2))])
    assert set(selection.kept) == {1, 2, 4}
    assert selection.reasons == {0: NOT_CHOSEN, 3: NOT_CHOSEN}


def test_who_is_beside_the_person_in_every_photo_is_told_by_the_photo_without_them() -> None:
    together = [(photo, face(who, n)) for n, photo in enumerate("abc") for who in (0, 1)]
    selection = chosen([*together, ("alone", face(0, 7))])
    assert set(selection.kept) == {0, 2, 4, 6}


def test_one_photo_of_several_faces_tells_nothing() -> None:
    assert chosen([("a", face(0, 0)), ("a", face(1, 1))]) == Selection((), {0: AMBIGUOUS, 1: AMBIGUOUS})


def test_somebody_else_is_refused() -> None:
    selection = chosen([("a", face(0, 0)), ("b", face(0, 1)), ("c", face(0, 2)), ("d", face(3, 3))])
    assert set(selection.kept) == {0, 1, 2}
    assert selection.reasons == {3: OUTLIER}


def test_of_two_that_disagree_the_better_one_stays() -> None:
    assert chosen([("a", face(0, 0)), ("b", face(1, 1))], [0.3, 0.9]) == Selection((1,), {0: OUTLIER})


def test_where_no_two_of_many_agree_nobody_stays() -> None:
    selection = chosen([(str(n), face(n, n)) for n in range(4)])
    assert selection == Selection((), dict.fromkeys(range(4), OUTLIER))


def test_of_copies_of_a_picture_the_best_is_kept() -> None:
    selection = chosen([("a", face(0, 0)), ("copy", face(0, 0)), ("b", face(0, 1))], [0.4, 0.8, 0.6])
    assert selection == Selection((1, 2), {0: DUPLICATE})


def test_the_best_ten_are_kept_best_first() -> None:
    qualities = [n / 20 for n in range(14)]
    selection = chosen([(str(n), face(0, n)) for n in range(14)], qualities)
    assert selection.kept == tuple(range(13, 3, -1))
    assert len(selection.kept) == MAX_TEMPLATES
    assert selection.reasons == dict.fromkeys(range(4), SURPLUS)


@given(st.permutations(range(8)))
def test_the_order_of_the_faces_changes_nothing(order: list[int]) -> None:
    faces = [("a", face(1, 9)), ("a", face(0, 0)), ("b", face(0, 1)), ("c", face(2, 8)), ("c", face(0, 2))]
    faces += [("d", face(0, 3)), ("e", face(0, 3)), ("f", face(4, 4))]
    plain, shuffled = chosen(faces), chosen([faces[n] for n in order])
    assert {faces[n][0] for n in plain.kept} >= {"a", "b", "c", "d"}
    assert [order[n] for n in shuffled.kept] == list(plain.kept)
    assert {order[n]: reason for n, reason in shuffled.reasons.items()} == plain.reasons


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 4), st.integers(0, 20)), max_size=12))
def test_every_face_is_kept_or_has_a_reason_and_no_photo_gives_two(faces: list[tuple[str, int, int]]) -> None:
    selection = chosen([(photo, face(who, number)) for photo, who, number in faces])
    assert sorted([*selection.kept, *selection.reasons]) == list(range(len(faces)))
    photos = [faces[n][0] for n in selection.kept]
    assert len(photos) == len(set(photos))


def test_arrays_that_do_not_fit_together_are_refused() -> None:
    with pytest.raises(ValueError, match="one a face"):
        select_faces(unit_rows([face(0, 0)]), ["a", "b"], [0.5])


def faces_of(*photos: tuple[int, int]) -> Vectors:
    return unit_rows([face(who, number) for who, number in photos])


def test_the_only_photo_of_somebody_may_be_of_a_colleague() -> None:
    known = faces_of(*((0, number) for number in range(6)))
    assert misattributed_rows({1: known, 2: faces_of((0, 9))}) == {2: (0,)}
    assert misattributed_rows({1: known, 2: faces_of((3, 9))}) == {}


def test_of_two_photos_the_one_of_a_colleague_is_told() -> None:
    known = faces_of(*((0, number) for number in range(6)))
    assert misattributed_rows({1: known, 2: faces_of((3, 9), (0, 10))}) == {2: (1,)}


def test_of_people_with_as_many_photos_nobody_is_believed() -> None:
    assert misattributed_rows({1: faces_of((0, 0)), 2: faces_of((0, 1))}) == {}


def test_the_same_person_under_two_entries_keeps_the_photos_of_both() -> None:
    known = faces_of(*((0, number) for number in range(6)))
    assert misattributed_rows({1: known, 2: faces_of((0, 9), (0, 10))}) == {}


def test_among_nobody_there_is_nobody_else() -> None:
    assert misattributed_rows({}) == {}
    assert misattributed_rows({1: faces_of((0, 0), (0, 1))}) == {}
