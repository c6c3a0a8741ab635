import numpy as np
import pytest

from faces.embed.views import FEW_PIXELS, join_views, views_of

SMALL, LARGE = FEW_PIXELS - 1, FEW_PIXELS


def test_small_faces_have_a_mirror_image_after_all_faces() -> None:
    faces = np.random.default_rng(1).integers(0, 256, (3, 4, 4, 3), np.uint8)
    views = views_of(faces, [SMALL, LARGE, SMALL])
    assert len(views) == 5
    assert (views[:3] == faces).all()
    assert (views[3:] == faces[[0, 2]][:, :, ::-1]).all()


def test_the_views_of_a_face_become_the_direction_between_them() -> None:
    vectors = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0]], np.float32)
    joined = join_views(vectors, [LARGE, LARGE, SMALL])
    assert joined[:2].tolist() == vectors[:2].tolist()
    assert joined[2] == pytest.approx([0, 0.5**0.5, 0.5**0.5])
    assert vectors[2].tolist() == [0, 0, 1]


def test_no_face_has_no_view() -> None:
    assert views_of(np.empty((0, 4, 4, 3), np.uint8), []).shape == (0, 4, 4, 3)
    assert join_views(np.empty((0, 8), np.float32), []).shape == (0, 8)
