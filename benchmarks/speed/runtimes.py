"""Compares our inference runtime with ONNX Runtime: the same networks on the same inputs, in turn.

    python -m benchmarks.speed.runtimes --onnx-python PYTHON

That Python needs onnxruntime and tf2onnx besides the project's own packages.
"""

import argparse
import subprocess
import sys
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.paths import ROOT
from benchmarks.report import percentiles, print_table, ratio
from benchmarks.rivals.process import Measurement, running_rival
from benchmarks.speed.scenes import build_scenes
from benchmarks.speed.synthetic_day import FACENET
from faces.models.checkpoints import find_checkpoint
from faces.models.prepare import demo_photos, prepare_models
from faces.models.steps import silent
from faces.models.weights import find_weights

OURS, ONNX = "OpenVINO (ours)", "ONNX Runtime"
WARM_UP = 3


def main() -> None:
    """Measure both on each picture, and print their times."""
    options = _options()
    models, downloads = prepare_models(ROOT / "var" / "models", FACENET), ROOT / "var" / "downloads"
    with TemporaryDirectory() as folder, ExitStack() as cleanups:
        scratch = Path(folder)
        weights = find_weights(find_checkpoint(FACENET), downloads, None, silent)
        export = [options.onnx_python, "-m", "benchmarks.rivals.onnx_export", FACENET, weights, scratch]
        subprocess.run(export, cwd=ROOT, check=True, capture_output=True)
        rivals = {
            OURS: cleanups.enter_context(running_rival(sys.executable, "networks", [str(models)], quiet=False)),
            ONNX: cleanups.enter_context(running_rival(options.onnx_python, "onnx_networks", [folder], quiet=False)),
        }
        for title, picture in build_scenes(demo_photos(downloads) / "val").items():
            path = scratch / "picture.jpg"
            path.write_bytes(picture)
            measurements = defaultdict[str, list[Measurement]](list)
            for number in range(-WARM_UP, options.rounds):
                for name, rival in rivals.items():
                    measured = rival.measure(path)
                    if number >= 0:
                        measurements[name].append(measured)
            print_table(f"{title}, ms", {name: _figures(measurements[name], measurements[OURS]) for name in rivals})
        print_table("Memory, MB", {name: rival.memory_mb() for name, rival in rivals.items()})
        print_table("Versions", {name: {"": ", ".join(rival.versions.values())} for name, rival in rivals.items()})


def _figures(measurements: list[Measurement], ours: list[Measurement]) -> dict[str, object]:
    cpu_times, our_cpu_times = ([measured.cpu_ms or 0 for measured in it] for it in (measurements, ours))
    times, our_times = ([measured.ms for measured in it] for it in (measurements, ours))
    return {
        "faces": measurements[0].faces,
        **percentiles(times),
        "times ours": ratio(times, our_times),
        "of processor time": float(np.median(cpu_times)),
        "times ours (processor)": ratio(cpu_times, our_cpu_times),
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed.runtimes")
    parser.add_argument("--rounds", type=int, default=40, help="how often each picture is measured")
    parser.add_argument("--onnx-python", default=sys.executable, help="has onnxruntime and tf2onnx")
    return parser.parse_args()


if __name__ == "__main__":
    main()
