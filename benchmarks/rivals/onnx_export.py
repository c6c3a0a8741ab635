"""The original networks as ONNX files. Imports TensorFlow.

`python -m benchmarks.rivals.onnx_export FACENET WEIGHTS FOLDER`.
"""

import sys
from pathlib import Path

import tensorflow as tf
import tf2onnx

from faces.models.checkpoints import find_checkpoint
from faces.models.keras_networks import original_networks

OPSET = 17


def main(facenet: str, weights: Path, folder: Path) -> None:
    """Write in ONNX format what `faces.models.export` writes for our runtime."""
    for name, network in original_networks(find_checkpoint(facenet), weights).items():
        signature = [tf.TensorSpec(network.shape, tf.float32, name="pixels")]
        function = tf.function(network.optimised or network.forward, input_signature=signature)
        target = str(folder / f"{name}.onnx")
        tf2onnx.convert.from_function(function, input_signature=signature, opset=OPSET, output_path=target)


if __name__ == "__main__":
    main(sys.argv[1], *map(Path, sys.argv[2:]))
