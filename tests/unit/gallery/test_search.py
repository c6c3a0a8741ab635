"""The search, against a plain one in NumPy."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gallery.errors import WrongModelKey
from gallery.search import Gallery, join
from gallery.types import Vectors
from tests.unit.gallery.evening import axes, content, person, unit_rows

DIMENSION = 6


def vectors(rows: int) -> st.SearchStrategy[Vectors]:
    numbers = st.floats(-1, 1, width=32)
    return arrays(np.float32, (rows, DIMENSION), elements=numbers).map(lambda it: unit_rows(it + np.float32(1e-3)))


@st.composite
def photos_by_person(draw: st.DrawFn) -> dict[int, Vectors]:
    counts = draw(st.lists(st.integers(0, 6), min_size=1, max_size=6))
    return {identity: draw(vectors(count)) for identity, count in enumerate(counts, start=1)}


def gallery_of(photos: dict[int, Vectors]) -> Gallery:
    people = [person(identity, len(rows)) for identity, rows in photos.items()]
    return Gallery(content(people, [], np.concatenate(list(photos.values()))))


def expected(photos: dict[int, Vectors], probes: Vectors) -> dict[int, list[float]]:
    known = {identity: rows for identity, rows in photos.items() if len(rows)}
    return {
        identity: [float(np.mean(np.sort(rows @ probe)[::-1][:3])) for probe in probes]
        for identity, rows in known.items()
    }


def found(gallery: Gallery, probes: Vectors, people: set[int]) -> dict[int, list[float]]:
    similarities = gallery.search(probes, people)
    return {it.id: similarities.values[:, n].tolist() for n, it in enumerate(similarities.people)}


@given(photos_by_person(), vectors(2))
def test_a_persons_similarity_is_the_mean_of_their_three_best_photos(
    photos: dict[int, Vectors], probes: Vectors
) -> None:
    assert found(gallery_of(photos), probes, set(photos)) == {
        identity: pytest.approx(values, abs=1e-5) for identity, values in expected(photos, probes).items()
    }


@given(photos_by_person(), vectors(3))
def test_the_reference_is_the_photo_that_is_most_similar(photos: dict[int, Vectors], probes: Vectors) -> None:
    similarities = gallery_of(photos).search(probes, set(photos))
    for face, probe in enumerate(probes):
        for column, who in enumerate(similarities.people):
            candidate = similarities.candidate(face, column)
            products = photos[who.id] @ probe
            assert candidate.reference_similarity == pytest.approx(products.max(), abs=1e-5)
            assert products[who.references.index(candidate.reference)] == pytest.approx(products.max(), abs=1e-5)
            assert -1 <= candidate.similarity <= candidate.reference_similarity + 1e-6 <= 1 + 1e-6


@given(photos_by_person(), vectors(1), st.randoms(use_true_random=False))
def test_the_order_of_people_and_photos_changes_nothing(
    photos: dict[int, Vectors], probe: Vectors, random: object
) -> None:
    shuffled = {identity: photos[identity][::-1] for identity in reversed(photos)}
    assert found(gallery_of(photos), probe, set(photos)) == {
        identity: pytest.approx(values, abs=1e-6)
        for identity, values in found(gallery_of(shuffled), probe, set(photos)).items()
    }


@given(photos_by_person(), vectors(2), vectors(4))
def test_another_person_never_changes_a_similarity(photos: dict[int, Vectors], probes: Vectors, other: Vectors) -> None:
    alone = found(gallery_of(photos), probes, set(photos))
    beside = found(gallery_of({0: other, **photos, 99: other}), probes, {*photos, 0, 99})
    assert {identity: beside[identity] for identity in alone} == alone


@given(photos_by_person(), vectors(1))
def test_those_not_asked_for_are_left_out(photos: dict[int, Vectors], probe: Vectors) -> None:
    asked = set(list(photos)[::2])
    all_found = found(gallery_of(photos), probe, set(photos))
    assert found(gallery_of(photos), probe, asked) == {it: all_found[it] for it in asked & set(all_found)}


def test_a_large_gallery_agrees_with_numpy() -> None:
    random = np.random.default_rng(7)
    rows = unit_rows(random.standard_normal((20_000, DIMENSION)))
    photos = {n: rows[n * 10 : n * 10 + 10] for n in range(2_000)}
    probes = rows[:3]
    assert found(gallery_of(photos), probes, set(photos)) == {
        identity: pytest.approx(values, abs=1e-5) for identity, values in expected(photos, probes).items()
    }


def test_many_threads_find_the_same() -> None:
    random = np.random.default_rng(7)
    rows = unit_rows(random.standard_normal((300, DIMENSION)))
    gallery = gallery_of({n: rows[n * 3 : n * 3 + 3] for n in range(100)})
    alone = [gallery.search(rows[n : n + 2], range(100)).values.tolist() for n in range(50)]
    with ThreadPoolExecutor(8) as pool:
        together = pool.map(lambda n: gallery.search(rows[n : n + 2], range(100)).values.tolist(), range(50))
    assert list(together) == alone


@pytest.mark.parametrize("shape", [(1, DIMENSION - 1), (1, DIMENSION + 1), (DIMENSION,)])
def test_embeddings_of_another_model_are_refused(shape: tuple[int, ...]) -> None:
    gallery = gallery_of({1: axes(1, DIMENSION)})
    with pytest.raises(WrongModelKey, match="use the model"):
        gallery.search(np.ones(shape, np.float32), {1})


def test_no_faces_and_no_people_are_no_trouble() -> None:
    gallery = gallery_of({1: axes(1, DIMENSION), 2: axes(2, DIMENSION)[1:]})
    assert gallery.search(np.empty((0, DIMENSION), np.float32), {1, 2}).values.shape == (0, 2)
    nobody = gallery.search(axes(2, DIMENSION), set())
    assert nobody.values.shape == (2, 0)
    both = join([nobody, gallery.search(axes(2, DIMENSION), {2})])
    assert both.values.tolist() == [[0.0], [1.0]]
    assert both.candidate(1, 0).person.id == 2
