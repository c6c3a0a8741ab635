"""dlib's detector, five landmarks and ResNet embedding, with the weights of `face_recognition_models`."""

import io
from importlib.util import find_spec
from pathlib import Path

import dlib
import numpy as np
from PIL import Image

from benchmarks.rivals.worker import serve_requests


def main() -> None:
    """Serve requests until stdin ends."""
    models = Path(str(find_spec("face_recognition_models").submodule_search_locations[0]), "models")  # type: ignore[union-attr,index]
    detector = dlib.get_frontal_face_detector()
    landmarks = dlib.shape_predictor(str(models / "shape_predictor_5_face_landmarks.dat"))
    resnet = dlib.face_recognition_model_v1(str(models / "dlib_face_recognition_resnet_model_v1.dat"))

    def find_faces(data: bytes) -> int:
        image = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
        boxes = detector(image)
        for box in boxes:
            resnet.compute_face_descriptor(image, landmarks(image, box))
        return len(boxes)

    serve_requests(find_faces, ("dlib-bin", "face_recognition_models"))


if __name__ == "__main__":
    main()
