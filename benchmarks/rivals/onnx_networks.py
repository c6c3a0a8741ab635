"""The same networks in ONNX Runtime, with a thread a core: `python -m benchmarks.rivals.onnx_networks FOLDER`."""

import os
import sys
from pathlib import Path

import onnxruntime

from benchmarks.rivals.networks import NAMES, serve_networks
from faces.runtime import Batch, Outputs


class OnnxNetwork:
    """A `faces.runtime.Network` that runs in ONNX Runtime."""

    def __init__(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = len(os.sched_getaffinity(0))
        options.add_session_config_entry(
            "session.intra_op.allow_spinning", "0"
        )  # its idle threads would otherwise slow ours down
        self._session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name
        self._names = [output.name for output in self._session.get_outputs()]

    def __call__(self, batch: Batch) -> Outputs:
        """See `Network`."""
        return dict(zip(self._names, self._session.run(None, {self._input: batch}), strict=True))


if __name__ == "__main__":
    serve_networks([OnnxNetwork(Path(sys.argv[1], f"{name}.onnx")) for name in NAMES], ("onnxruntime",))
