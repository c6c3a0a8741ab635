"""Our networks alone, without anything around them: `python -m benchmarks.rivals.networks FOLDER`.

Their inputs are recorded once per picture; then only the inference is timed. With these networks, no answer to a
picture can be faster.
"""

import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from benchmarks.rivals.worker import serve_requests
from faces.decode import Limits
from faces.detect.cascade import CHUNKS, Cascade
from faces.engine import FaceEngine
from faces.runtime import Batch, Network, Outputs, load_network

NAMES = ("pnet", "rnet", "onet", "facenet")


class Recorder:
    """A network that records its inputs."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self.inputs: list[Batch] = []

    def __call__(self, batch: Batch) -> Outputs:
        """See `Network`."""
        self.inputs.append(batch)
        return self._network(batch)


def serve_networks(networks: Sequence[Network], packages: Sequence[str]) -> None:
    """Record the inputs of each new picture, and time the networks on them, until stdin ends."""

    @cache
    def recorded_inputs(data: bytes) -> tuple[list[tuple[Network, Batch]], int]:
        recorders = [Recorder(network) for network in networks]
        cascade = Cascade(*recorders[:3])
        engine = FaceEngine(cascade, recorders[3], model_key="", dimension=128, limits=Limits())
        faces = len(engine.analyse(data).faces)
        return [
            (network, it) for network, recorder in zip(networks, recorders, strict=True) for it in recorder.inputs
        ], faces

    def find_faces(data: bytes) -> int:
        recorded, faces = recorded_inputs(data)
        for network, batch in recorded:
            network(batch)
        return faces

    serve_requests(find_faces, packages)


if __name__ == "__main__":
    networks = [
        load_network(Path(sys.argv[1], f"{name}.xml"), chunk=CHUNKS.get(name), mixed=name == "facenet")
        for name in NAMES
    ]
    serve_networks(networks, ("openvino",))
