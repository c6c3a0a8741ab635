"""`mtcnn` and `keras-facenet` as their READMEs use them: `python -m benchmarks.rivals.stock WEIGHTS`.

keras-facenet would download weights of its own at first use. Here its model gets the weights that the project uses, so
that both sides compute the same, without a network; its `embeddings` is called unchanged.
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import cv2
import numpy as np
from keras_facenet import FaceNet
from keras_facenet.inception_resnet_v1 import InceptionResNetV1
from mtcnn import MTCNN

from benchmarks.rivals.worker import serve_requests
from faces.models.keras_networks import set_weights_by_name


def embedder(weights: Path) -> FaceNet:
    """A FaceNet with the 128-dimensional weights in `weights`."""
    facenet = FaceNet.__new__(FaceNet)  # its __init__ only downloads what is set here
    facenet.metadata = {"image_size": 160, "fixed_image_standardization": False, "distance_metric": "cosine"}
    facenet.model = InceptionResNetV1(classes=128)
    set_weights_by_name(facenet.model, weights)
    return facenet


def main(weights: Path) -> None:
    """Serve requests until stdin ends."""
    detector, facenet = MTCNN(), embedder(weights)

    def find_faces(data: bytes) -> int:
        image = cv2.cvtColor(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
        boxes = [found["box"] for found in detector.detect_faces(image)]
        crops = [image[max(y, 0) : y + height, max(x, 0) : x + width] for x, y, width, height in boxes]
        if crops:
            facenet.embeddings(crops)
        return len(crops)

    serve_requests(find_faces, ("mtcnn", "keras-facenet", "tensorflow"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
