import numpy as np
import pytest

from faces.detect.cascade import cut_patches

RAMP = np.repeat(np.add.outer(100 * np.arange(50.0), np.arange(80.0))[:, :, None], 3, axis=2).astype(np.float32)


def test_samples_corner_to_corner() -> None:
    """The sampling of `tf.image.crop_and_resize` with boxes in parts of the picture."""
    (patch,) = cut_patches(RAMP, np.array([[8, 5, 32, 25]], np.float32), 24)
    xs = np.linspace(8, 32, 24) * 79 / 80
    ys = np.linspace(5, 25, 24) * 49 / 50
    assert patch[:, :, 0] == pytest.approx(100 * ys[:, None] + xs[None, :], abs=100 / 32)


def test_shows_grey_beyond_the_edge() -> None:
    (patch,) = cut_patches(RAMP, np.array([[-40, -40, -10, -10]], np.float32), 24)
    assert (patch == 127.5).all()


def test_more_patches_than_one_call_of_opencv_takes() -> None:
    boxes = np.tile(np.array([[8, 5, 32, 25]], np.float32), (1500, 1))
    boxes[-1] = [0, 0, 79, 49]
    patches = cut_patches(RAMP, boxes, 24)
    assert patches.shape == (1500, 24, 24, 3)
    assert (patches[:-1] == patches[0]).all()
    assert (patches[-1] != patches[0]).any()
