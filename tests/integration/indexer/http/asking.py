"""Asking from other processes: `ask <folder> <interval> <url>…` prints the answers, `rewrite <folder>` never ends."""

import ipaddress
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

from indexer.errors import SourceError
from indexer.http import HostPolicy, HttpClient
from indexer.http.cache import HttpCache, ResponseHead
from tests.paths import ROOT

REWRITTEN_BYTES = 1_000_000


def start(folder: Path, urls: Sequence[str], interval_s: float = 0) -> subprocess.Popen[bytes]:
    """Ask for all `urls` in another process, four at a time."""
    command = [sys.executable, "-m", __name__, "ask", str(folder), str(interval_s), *urls]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)


def run(folder: Path, urls: Sequence[str]) -> list[dict[str, Any]]:
    """The answers of another process."""
    output, _ = start(folder, urls).communicate(timeout=60)
    return list(json.loads(output))


def make_older(folder: Path, age: timedelta) -> None:
    """As if everything kept had been fetched so long ago."""
    moment = time.time() - age.total_seconds()
    for file in folder.rglob("*"):
        os.utime(file, (moment, moment))


def rewritten(folder: Path) -> tuple[str, bytes]:
    """The etag and the body that `rewrite` left."""
    answer = HttpCache(folder).find("key")
    assert answer
    with answer.body as body:
        return str(answer.head.etag), body.read()


def _ask(folder: str, interval_s: str, *urls: str) -> None:
    networks = [ipaddress.ip_network("127.0.0.0/8")]
    manners = HostPolicy(interval_s=float(interval_s))
    client = HttpClient(Path(folder), "FindTheActor/test", default_policy=manners, allowed_networks=networks)

    def answer(url: str) -> dict[str, Any]:
        try:
            document = client.get(url)
        except SourceError as error:
            return {"error": str(error)}
        return {"content": document.content.decode(), "from_cache": document.from_cache}

    with ThreadPoolExecutor(4) as pool:
        sys.stdout.write(json.dumps(list(pool.map(answer, urls))))
    client.close()


def _rewrite(folder: str) -> None:
    cache = HttpCache(Path(folder))
    for number, letter in enumerate(cycle("abcd")):
        piece = letter.encode() * (REWRITTEN_BYTES // 100)
        cache.put("key", ResponseHead("http://x/", 200, time.time(), etag=letter), [piece] * 100).close()
        if number == 0:
            sys.stdout.write("written\n")
            sys.stdout.flush()


if __name__ == "__main__":
    {"ask": _ask, "rewrite": _rewrite}[sys.argv[1]](*sys.argv[2:])
