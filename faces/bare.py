"""A picture without what its file tells besides: place, time, camera, thumbnails."""

import cv2

from faces.decode import Limits, decode

JPEG_QUALITY = 92


def bare_jpeg(data: bytes, limits: Limits = Limits()) -> bytes:
    """The pixels of a picture, upright and at most `limits.decoded_side` long, as a JPEG that carries nothing else.

    Raises `PictureError`.
    """
    pixels = decode(data, limits).pixels
    _, encoded = cv2.imencode(".jpg", pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return encoded.tobytes()
