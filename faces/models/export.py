"""Exports the networks for the inference runtime, and compares them with the originals. Run in a process of its own.

Usage: `python -m faces.models.export FACENET WEIGHTS PHOTOS TARGET`. Imports TensorFlow, so never import this.
Prints JSON lines as `faces.models.steps` reads them; the last before `{"done": true}` holds the
figures of `faces.models.parity`.
"""

import json
import os
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from faces.errors import FacesError
from faces.models.checkpoints import find_checkpoint
from faces.models.keras_networks import Original, original_networks
from faces.models.parity import compare
from faces.runtime import convert_graph, runtime_version

PACKAGES = ("mtcnn", "keras-facenet", "keras", "tensorflow")


def say(**line: object) -> None:
    """Send one JSON line to the parent process."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def export(network: Original, target: Path) -> None:
    """Freeze the network's variables into its graph and convert it. (Keras cannot export subclassed models.)"""
    signature = [tf.TensorSpec(network.shape, tf.float32, name="pixels")]
    function = tf.function(network.optimised or network.forward, input_signature=signature).get_concrete_function()
    frozen = convert_variables_to_constants_v2(function)
    with tempfile.TemporaryDirectory() as scratch:
        tf.io.write_graph(frozen.graph, scratch, "graph.pb", as_text=False)
        convert_graph(Path(scratch, "graph.pb"), sorted(function.structured_outputs), target, exact=network.exact)


def main(facenet: str, weights: str, photos: str, target: str) -> None:
    """Export all networks, compare them with the originals, and report the figures."""
    networks = original_networks(find_checkpoint(facenet), Path(weights))
    for done, (name, network) in enumerate(networks.items(), start=1):
        export(network, Path(target, f"{name}.xml"))
        say(exported=done, of=len(networks))
    figures = compare(networks, Path(target), Path(photos))
    versions = {package: version(package) for package in PACKAGES} | {"openvino": runtime_version()}
    say(parity=figures, versions=versions)
    say(done=True)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (FacesError, OSError) as error:
        say(failed=str(error))
        sys.exit(1)
