"""Run as a process of its own: what the `mtcnn` package finds, as JSON. Imports TensorFlow.

Usage: `python reference_detector.py PHOTOS`; prints {path: [{"box": [4], "landmarks": [[x, y] * 5]}]}.
"""

import json
import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

from mtcnn import MTCNN

from faces.decode import decode


def main(photos: Path) -> None:
    detector, found = MTCNN(), {}
    for path in sorted(photos.glob("*/*/*")):
        rows = detector.detect_faces(decode(path.read_bytes()).pixels, output_type="numpy", box_format="xyxy")
        found[str(path)] = [{"box": list(row[1:5]), "landmarks": row[6:16].reshape(2, 5).T.tolist()} for row in rows]
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
