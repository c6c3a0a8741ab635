"""Measures the speed of the product and its rivals in one run: `make bench`.

    python -m benchmarks.speed [--rounds 25] [--rivals-python PYTHON] [--json FILE] [--markdown FILE] [--only bulk,…]

All systems get the same pictures in turn, so that other load on the machine affects them equally.
Prints a table for each part, and writes all figures as JSON. With `--check`, it fails when a ratio regressed.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.machine import describe_machine
from benchmarks.report import print_table, printed
from benchmarks.speed import latency, load, search, startup, throughput
from benchmarks.speed.environment import Environment, prepare_environment
from benchmarks.speed.targets import TARGETS, judge

Part = Callable[[Environment], Mapping[str, Any]]
PARTS: Mapping[str, Part] = {
    "start": startup.measure,
    "answer": latency.measure,
    "load": load.measure,
    "bulk": throughput.measure,
    "search": search.measure,
}


def main() -> int:
    """Measure the chosen parts, print the tables, write the files; returns the exit code."""
    options = _options()
    figures: dict[str, Any] = {"machine": describe_machine()}
    with tempfile.TemporaryDirectory(prefix="fta-bench-") as folder, ExitStack() as cleanups:
        environment = prepare_environment(Path(folder), options.rounds, options.rivals_python, cleanups)
        for name, measure in PARTS.items():
            if name in options.only:
                figures[name] = measure(environment)
        figures["versions"] = environment.versions
    print_table("Machine", {name: {"": value} for name, value in (figures["machine"] | environment.versions).items()})
    verdicts = judge(figures)
    print_table("Targets", {it.name: {"measured": it.measured, "target": it.target, "": it.word} for it in verdicts})
    for file, text in ((options.json, json.dumps(figures, indent=2) + "\n"), (options.markdown, printed())):
        if file:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
    return int(options.check and any(it.regressed for it in verdicts))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed")
    parser.add_argument("--rounds", type=int, default=25, help="how often each picture is measured")
    parser.add_argument("--rivals-python", default=sys.executable, help="has facenet-pytorch, dlib-bin, qdrant-client")
    parser.add_argument("--json", type=Path, help="a file for all figures")
    parser.add_argument("--markdown", type=Path, help="a file for the tables, as docs/performance.md has them")
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(PARTS), help=", ".join(PARTS))
    parser.add_argument("--check", action="store_true", help=f"fail when one of {len(TARGETS)} ratios is out of bounds")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
