"""Our inference runtime beside ONNX Runtime: the same networks, on what ours gives them for the same pictures, in turn.

`python -m benchmarks.speed.runtimes --onnx-python PYTHON`, which has onnxruntime and tf2onnx beside what the
project needs.
"""

import argparse
import subprocess
import sys
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.report import percentiles, print_table, ratio
from benchmarks.rivals.contender import ROOT, Look, running_rival
from benchmarks.speed.day import FACENET
from benchmarks.speed.scenes import build_scenes
from faces.models.checkpoints import find_checkpoint
from faces.models.prepare import demo_photos, prepare_models
from faces.models.steps import silent
from faces.models.weights import find_weights

OURS, ONNX = "OpenVINO (ours)", "ONNX Runtime"
WARM_UP = 3


def main() -> None:
    """Ask both about each picture, and print what they took."""
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
            looks = defaultdict[str, list[Look]](list)
            for number in range(-WARM_UP, options.rounds):
                for name, rival in rivals.items():
                    look = rival.look(path)
                    if number >= 0:
                        looks[name].append(look)
            print_table(f"{title}, ms", {name: _figures(looks[name], looks[OURS]) for name in rivals})
        print_table("Memory, MB", {name: rival.memory_mb() for name, rival in rivals.items()})
        print_table("Versions", {name: {"": ", ".join(rival.versions.values())} for name, rival in rivals.items()})


def _figures(looks: list[Look], ours: list[Look]) -> dict[str, object]:
    burnt, our_burnt = ([look.cpu_ms or 0 for look in it] for it in (looks, ours))
    times, our_times = ([look.ms for look in it] for it in (looks, ours))
    return {
        "faces": looks[0].faces,
        **percentiles(times),
        "times ours": ratio(times, our_times),
        "of processor time": float(np.median(burnt)),
        "times ours (processor)": ratio(burnt, our_burnt),
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed.runtimes")
    parser.add_argument("--rounds", type=int, default=40, help="times that each picture is asked about")
    parser.add_argument("--onnx-python", default=sys.executable, help="has onnxruntime and tf2onnx")
    return parser.parse_args()


if __name__ == "__main__":
    main()
