"""Removing the metadata of a picture: where and when it was taken, the camera, thumbnails."""

import cv2

from faces.decode import Limits, decode

JPEG_QUALITY = 92


def strip_metadata(data: bytes, limits: Limits = Limits()) -> bytes:
    """Encode the picture again, as a JPEG without metadata.

    The result is upright, and its longer side has at most `limits.decoded_side` pixels. Raises `PictureError`.
    """
    pixels = decode(data, limits).pixels
    _, encoded = cv2.imencode(".jpg", pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return encoded.tobytes()
