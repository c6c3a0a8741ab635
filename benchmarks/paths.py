"""Where the project is, for processes that the benchmarks start in it."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
