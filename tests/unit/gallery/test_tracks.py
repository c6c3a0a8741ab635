"""The same person in several pictures of one moment."""

from time import process_time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery.tracks import link_faces, pool_embeddings, split_scenes
from gallery.types import Vectors
from tests.unit.gallery.evening import axes, unit_rows

LEFT, RIGHT = (0.1, 0.2, 0.3, 0.5), (0.6, 0.2, 0.8, 0.5)


def seen(who: list[int], noise: float = 0.05, seed: int = 0) -> Vectors:
    """Noisy embeddings of the people of these numbers."""
    random = np.random.default_rng(seed)
    return unit_rows(axes(8, 64)[who] + random.normal(0, noise, (len(who), 64)))


def linked(embeddings: Vectors, places: list[tuple[float, ...]], frames: list[int]) -> list[int]:
    return link_faces(embeddings, np.array(places).reshape(-1, 4), frames).tolist()


def test_the_same_two_people_are_followed_through_a_shaking_burst() -> None:
    moved = [tuple(np.array(place) + shift) for shift in (0, 0.15, -0.1) for place in (LEFT, RIGHT)]
    assert linked(seen([0, 1] * 3), moved, [0, 0, 1, 1, 2, 2]) == [0, 1, 0, 1, 0, 1]


def test_a_frame_without_a_face_does_not_break_a_track() -> None:
    assert linked(seen([0, 0]), [LEFT, LEFT], [0, 2]) == [0, 0]


def test_somebody_else_in_the_same_place_is_somebody_else() -> None:
    assert linked(seen([0, 1]), [LEFT, LEFT], [0, 1]) == [0, 1]


def test_of_two_who_are_alike_each_keeps_their_place() -> None:
    twins = seen([0, 0, 0, 0], noise=0.02)
    assert linked(twins, [LEFT, RIGHT, RIGHT, LEFT], [0, 0, 1, 1]) == [0, 1, 1, 0]


def test_a_face_that_is_hard_to_see_is_followed_by_its_place() -> None:
    weak = unit_rows([[1, 0, 0], [0.4, np.sqrt(1 - 0.16), 0]])
    assert linked(weak, [LEFT, LEFT], [0, 1]) == [0, 0]
    assert linked(weak, [LEFT, RIGHT], [0, 1]) == [0, 1]


def test_nobody_is_nobody() -> None:
    assert linked(np.empty((0, 64), np.float32), [], []) == []
    assert split_scenes([], []).tolist() == []
    assert pool_embeddings(np.empty((0, 64), np.float32), np.array([], np.intp)).shape == (0, 64)


people = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 3)), max_size=24)


@given(people, st.integers(0, 99))
def test_two_faces_of_one_picture_are_never_the_same_person(found: list[tuple[int, int]], seed: int) -> None:
    frames = [frame for _, frame in found]
    tracks = linked(seen([who for who, _ in found], noise=0.1, seed=seed), [LEFT] * len(found), frames)
    pairs = list(zip(tracks, frames, strict=True))
    assert len(set(pairs)) == len(pairs)
    assert sorted(set(tracks)) == list(range(len(set(tracks))))


@given(people, st.randoms(use_true_random=False))
def test_the_order_of_the_faces_changes_no_track(found: list[tuple[int, int]], random: np.random.Generator) -> None:
    found = list(dict.fromkeys(found))
    embeddings = seen([who for who, _ in found])
    order = list(range(len(found)))
    random.shuffle(order)
    straight = linked(embeddings, [LEFT] * len(found), [frame for _, frame in found])
    shuffled = linked(embeddings[order], [LEFT] * len(found), [found[n][1] for n in order])
    together = {frozenset(np.flatnonzero(np.array(straight) == track).tolist()) for track in set(straight)}
    again = {frozenset(order[n] for n, it in enumerate(shuffled) if it == track) for track in set(shuffled)}
    assert together == again


def test_pictures_that_share_a_face_are_one_scene_also_by_way_of_others() -> None:
    assert split_scenes([0, 1, 1, 2, 2, 3], [0, 0, 1, 1, 2, 3]).tolist() == [0, 0, 0, 0, 0, 1]


def test_a_cut_makes_two_scenes() -> None:
    assert split_scenes([0, 0, 1, 1], [0, 1, 2, 3]).tolist() == [0, 0, 1, 1]


def test_pooling_several_looks_comes_nearer_to_the_person() -> None:
    looks = seen([0] * 5, noise=0.3)
    pooled = pool_embeddings(looks, np.zeros(5, np.intp))
    assert np.linalg.norm(pooled) == pytest.approx(1)
    assert pooled[0, 0] > looks[:, 0].max()


def test_a_full_burst_is_linked_in_no_time() -> None:
    frames = [frame for frame in range(8) for _ in range(16)]
    embeddings = unit_rows(np.random.default_rng(0).normal(size=(16, 64)))[np.arange(128) % 16]
    started = process_time()
    assert linked(embeddings, [LEFT] * 128, frames) == [n % 16 for n in range(128)]
    assert process_time() - started < 1
