import cv2
import numpy as np
import pytest

from faces.detect.mosaic import SHARED, STRIP, WIDTHS, cut_strips, lay_out
from faces.detect.pyramid import STEP, WINDOW, build_pyramid


@pytest.mark.parametrize("smallest", [20.0, 29.0, 61.0, 200.0])
def test_the_first_size_shows_the_smallest_face_and_less_than_the_next_smaller(smallest: float) -> None:
    scale, _ = build_pyramid(np.zeros((720, 1280, 3), np.float32), smallest)[0]
    assert smallest * scale + 1e-6 >= WINDOW
    assert smallest * scale * STEP < WINDOW


def test_sizes_shrink_until_the_window_no_longer_fits() -> None:
    levels = build_pyramid(np.zeros((300, 200, 3), np.float32), 20.0)
    assert [level.shape[:2] for _, level in levels] == [
        (180, 120),
        (127, 85),
        (90, 60),
        (64, 42),
        (45, 30),
        (32, 21),
        (22, 15),
    ]
    assert levels[0][0] == pytest.approx(0.6)


@pytest.mark.parametrize("shape", [(720, 1280, 3), (1600, 24, 3), (11, 400, 3), (1, 1, 3)])
def test_every_size_holds_a_window(shape: tuple[int, int, int]) -> None:
    assert all(min(level.shape[:2]) >= WINDOW for _, level in build_pyramid(np.zeros(shape, np.float32), 20.0))


def test_shrinking_keeps_the_mean() -> None:
    image = np.random.default_rng(1).uniform(0, 255, (400, 600, 3)).astype(np.float32)
    for _, level in build_pyramid(image, 20.0):
        assert level.mean() == pytest.approx(image.mean(), abs=2)


@pytest.mark.parametrize("shape", [(720, 1280, 3), (1200, 1600, 3), (1600, 121, 3), (12, 31, 3), (40, 40, 3)])
def test_every_pixel_is_the_mean_of_the_area_it_covers(shape: tuple[int, int, int]) -> None:
    image = np.random.default_rng(1).integers(0, 256, shape).astype(np.float32)
    for _, level in build_pyramid(image, 20.0):
        size = (level.shape[1], level.shape[0])
        assert np.abs(level - cv2.resize(image, size, interpolation=cv2.INTER_AREA)).max() < 0.03


@pytest.mark.parametrize("shape", [(720, 1280, 3), (1280, 720, 3), (37, 900, 3), (300, 300, 3)])
def test_a_sheet_holds_every_size_at_even_places_without_overlap(shape: tuple[int, int, int]) -> None:
    image = np.random.default_rng(1).uniform(0, 255, shape).astype(np.float32)
    levels = build_pyramid(image, 20.0)
    sheet, tiles = lay_out(levels)
    assert sheet.shape[0] % STRIP == SHARED
    assert sheet.shape[1] in WIDTHS
    covered = np.zeros(sheet.shape[:2], int)
    for tile, (scale, level) in zip(tiles, levels, strict=True):
        place = np.s_[tile.top : tile.top + tile.height, tile.left : tile.left + tile.width]
        assert tile.scale == scale
        assert tile.left % 2 == tile.top % 2 == 0
        assert (sheet[place] == level).all()
        covered[place] += 1
    assert covered.max() == 1


def test_strips_share_rows_so_that_every_window_is_whole_in_one_of_them() -> None:
    sheet, _ = lay_out(build_pyramid(np.random.default_rng(1).uniform(0, 255, (900, 700, 3)).astype(np.float32), 20.0))
    strips = cut_strips(sheet)
    assert len(strips) > 1
    for top in range(0, len(sheet) - WINDOW + 1, 2):
        assert (strips[top // STRIP, top % STRIP :][:WINDOW] == sheet[top : top + WINDOW]).all()
