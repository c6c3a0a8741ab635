"""facenet-pytorch's MTCNN, whose wheel carries its weights: detection alone."""

import io

import torch
from facenet_pytorch import MTCNN
from PIL import Image

from benchmarks.rivals.worker import serve_requests


def main() -> None:
    """Serve requests until stdin ends."""
    detector = MTCNN(keep_all=True)

    def find_faces(data: bytes) -> int:
        with torch.no_grad():
            boxes, _ = detector.detect(Image.open(io.BytesIO(data)).convert("RGB"))
        return 0 if boxes is None else len(boxes)

    serve_requests(find_faces, ("facenet-pytorch", "torch"))


if __name__ == "__main__":
    main()
