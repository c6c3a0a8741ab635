"""Measures every page of the operations dashboard on the database that `benchmarks.scale.seed_world` makes.

    python -m benchmarks.scale.dashboard DATABASE_URL

Each page is requested over HTTP, as HTML and as JSON, in turns. The exit code is 1 when a median is over 300 ms.
"""

import argparse
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from pydantic import SecretStr

from api.app import create_dashboard
from api.ops.services import running_dashboard
from api.settings import ApiSettings
from settings.logs import configure
from tests.served import serving

TOKEN = "measured-by-the-benchmark"
LIMIT_MS = 300.0


def paths(client: httpx.Client) -> list[str]:
    """The path of one page of each kind, for the first region and its evening."""
    region = client.get("/ops/api/coverage").json()["regions"][0]["region"]["code"]
    evening = datetime.now(UTC).replace(hour=20, minute=0, second=0, microsecond=0) + timedelta(days=1)
    slot = f"coverage/{region}/{evening:%Y-%m-%dT%H:%MZ}"
    airing = client.get(f"/ops/api/{slot}").json()["airings"][0]["id"]
    run = client.get("/ops/api/runs").json()["runs"][0]["run_id"]
    return [
        "coverage", f"coverage/{region}", slot, f"coverage/{region}/airings/{airing}", "runs", f"runs/{run}", "sources",
        "galleries", f"galleries/{region}", "identify", "people?q=person 12", "people/12",
    ]  # fmt: skip


def measure(client: httpx.Client, rounds: int) -> dict[str, list[float]]:
    """The milliseconds of each page; the pages are requested in turns."""
    addresses = [f"/ops/{form}{path}" for path in paths(client) for form in ("", "api/")]
    took: dict[str, list[float]] = {address: [] for address in addresses}
    for _ in range(rounds + 1):
        for address in addresses:
            began = time.perf_counter()
            client.get(address).raise_for_status()
            took[address].append((time.perf_counter() - began) * 1000)
    return {address: times[1:] for address, times in took.items()}  # the first round warms up


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database_url", help="of a database made by benchmarks.scale.seed_world")
    parser.add_argument("--rounds", type=int, default=9)
    given = parser.parse_args()
    changes = {"database_url": given.database_url, "ops_token": SecretStr(TOKEN), "data_dir": Path("var")}
    configure("console", "warning")
    settings = ApiSettings().model_copy(update=changes)
    with (
        running_dashboard(settings) as ops,
        serving(create_dashboard(ops)) as url,
        httpx.Client(base_url=url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60, trust_env=False) as client,
    ):
        took = measure(client, given.rounds)
    for address, times in took.items():
        print(f"{address:60} median {statistics.median(times):6.1f} ms   worst {max(times):6.1f} ms")
    slow = [address for address, times in took.items() if statistics.median(times) > LIMIT_MS]
    if slow:
        sys.exit(f"over {LIMIT_MS:.0f} ms: {', '.join(slow)}")


if __name__ == "__main__":
    main()
