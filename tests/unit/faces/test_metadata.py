import io

import numpy as np
import pytest
from PIL import ExifTags, Image

from faces.decode import Limits
from faces.errors import DamagedPicture
from faces.metadata import strip_metadata

PLACE = {ExifTags.GPS.GPSLatitude: (48.0, 51.0, 24.0), ExifTags.GPS.GPSLatitudeRef: "N"}


def photo(width: int = 320, height: int = 200) -> bytes:
    """Left half black, turned by its EXIF, with a place and a comment."""
    pixels = np.full((height, width, 3), 255, np.uint8)
    pixels[:, : width // 2] = 0
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(PLACE)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", exif=exif, comment=b"a secret")
    return file.getvalue()


def test_only_the_pixels_are_left_and_they_are_upright() -> None:
    data = photo()
    assert b"a secret" in data
    assert b"Exif" in data
    bare = strip_metadata(data)
    with Image.open(io.BytesIO(bare)) as image:
        assert image.size == (200, 320)
        assert not image.getexif()
        assert "comment" not in image.info
        assert np.asarray(image.convert("L"))[:150].max() < 40
    assert b"Exif" not in bare
    assert b"a secret" not in bare


def test_it_is_no_larger_than_what_was_looked_at() -> None:
    with Image.open(io.BytesIO(strip_metadata(photo(1000, 600), Limits(decoded_side=500)))) as image:
        assert image.size == (300, 500)


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(DamagedPicture):
        strip_metadata(photo()[:200])
