"""The original networks as ONNX files: `python -m benchmarks.rivals.onnx_export WEIGHTS FOLDER`. Imports TensorFlow."""

import sys
from pathlib import Path

import tensorflow as tf
import tf2onnx

from benchmarks.evening import FACENET
from faces.checkpoints import find_checkpoint
from faces.keras_networks import original_networks

OPSET = 17


def main(weights: Path, folder: Path) -> None:
    """What `faces.export` writes for our runtime, in the other format."""
    for name, network in original_networks(find_checkpoint(FACENET), weights).items():
        signature = [tf.TensorSpec(network.shape, tf.float32, name="pixels")]
        function = tf.function(network.shortcut or network.answer, input_signature=signature)
        target = str(folder / f"{name}.onnx")
        tf2onnx.convert.from_function(function, input_signature=signature, opset=OPSET, output_path=target)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
