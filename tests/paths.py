"""Where things are, for tests: the repository, recorded answers, and the measurement data beside it."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
RECORDINGS = ROOT / "tests" / "recordings"
SHARED_DATA = ROOT.parent / "shared" / "data"
"""Not part of the project: tests that read it are marked `shared_data`."""
VAR = ROOT / "var"
"""The prepared models and downloads, made once for all tests."""
