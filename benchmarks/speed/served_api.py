"""The API under test: `findtheactor serve` in a process of its own, asked over HTTP on loopback."""

import http.client
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.paths import ROOT
from benchmarks.rivals.process import Measurement, memory_mb
from benchmarks.speed.synthetic_day import REGION, publish_day
from db.engine import open_database
from db.migrate import upgrade
from db.server import remove_server
from storage import open_storage

BOUNDARY = "benchmark"
STAGE = re.compile(r"([a-z]+);dur=([0-9.]+)")
TIMEOUT_S = 120


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of the API: its status, the milliseconds from sending to the last byte, its body and its stages."""

    status: int
    ms: float
    body: Mapping[str, Any]
    stage_ms: Mapping[str, float]


class Client:
    """One kept-alive connection."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)

    def identify(self, picture: bytes, at: datetime | None = None) -> Reply:
        """Ask who is in the JPEG file, now or at another time."""
        body = _form(picture, {"region": REGION} | ({"at": at.isoformat()} if at else {}))
        headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        started = time.perf_counter()
        self._connection.request("POST", "/v1/identify", body, headers)
        response = self._connection.getresponse()
        answered = response.read()
        ms = (time.perf_counter() - started) * 1000
        stages = STAGE.findall(response.headers.get("Server-Timing", ""))
        return Reply(response.status, ms, json.loads(answered), {name: float(stage) for name, stage in stages})

    def is_ready(self) -> bool:
        """Whether the galleries are loaded. Closes a connection that the server dropped, as it does after 5 s idle."""
        try:
            self._connection.request("GET", "/readyz")
            response = self._connection.getresponse()
            return response.status == 200 and bool(response.read())
        except (OSError, http.client.HTTPException):
            self._connection.close()
            return False


class ServedApi:
    """A running API, as one of the systems that are compared."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int, ready_s: float, slot: datetime) -> None:
        self.port, self.ready_s, self.slot = port, ready_s, slot
        self.versions: Mapping[str, str] = {name: version(name) for name in ("findtheactor", "openvino", "uvicorn")}
        self.stages: list[tuple[str, Mapping[str, float]]] = []
        self._process, self._client = process, Client(port)

    def measure(self, picture: Path) -> Measurement:
        """See `Contender`."""
        while not self._client.is_ready():
            pass
        reply = self._client.identify(picture.read_bytes())
        assert reply.status == 200, reply.body
        self.stages.append((picture.stem, reply.stage_ms))
        return Measurement(reply.ms, len(reply.body["faces"]))

    def memory_mb(self) -> Mapping[str, float]:
        """See `benchmarks.rivals.process.memory_mb`."""
        return memory_mb(self._process.pid)


@contextmanager
def serving_day(models: Path, scratch: Path, *, hours_before: int = 3, hours_after: int = 13) -> Iterator[ServedApi]:
    """An API that serves a synthetic day, with its data in `scratch`. It does not load the slots of the last hour."""
    storage = open_storage(str(scratch / "objects"))
    try:
        with open_database(None, scratch) as database:
            upgrade(database)
            before, after = timedelta(hours=hours_before), timedelta(hours=hours_after)
            slot = publish_day(database, storage, before=before, after=after)
            with _serving(models, scratch, slot) as api:
                yield api
    finally:
        remove_server(scratch)


@contextmanager
def _serving(models: Path, scratch: Path, slot: datetime) -> Iterator[ServedApi]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FTA_")}
    environment |= {"FTA_DATA_DIR": str(scratch), "FTA_MODELS": str(models), "FTA_LOG_LEVEL": "warning"}
    environment |= {"FTA_PICTURES_PER_MINUTE": "0", "FTA_IDENTIFY_PER_CLIENT": "0"}  # all callers are one client here
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-c", "from cli.main import run; run()", "serve", "--port", "0"]
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        port = _announced_port(process)
        client = Client(port)
        while not client.is_ready():
            time.sleep(0.01)
            assert time.perf_counter() - started < TIMEOUT_S, "the API was not ready in time"
        yield ServedApi(process, port, time.perf_counter() - started, slot)
    finally:
        process.terminate()
        process.communicate()


def _announced_port(process: "subprocess.Popen[bytes]") -> int:
    assert process.stderr is not None
    for line in process.stderr:
        if found := re.search(rb"http://[0-9.]+:(\d+)", line):
            return int(found[1])
    raise RuntimeError("the API did not start; run `findtheactor serve` to see why")


def _form(picture: bytes, fields: Mapping[str, str]) -> bytes:
    parts = [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields.items()]
    file = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="picture"; filename="p.jpg"\r\n\r\n'
    return "".join([*parts, file]).encode() + picture + f"\r\n--{BOUNDARY}--\r\n".encode()
