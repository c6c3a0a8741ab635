"""Runs the API in a process of its own, as in production."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from cli.client import ApiClient, ApiError

HOST = "127.0.0.1"
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 10.0


@contextmanager
def running_api(port: int) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """Run an API while the block runs, on `port` or a free one; yields its URL and process once it is ready."""
    port = port if _is_free(port) else 0
    port = port or _free_port()
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from cli.main import run; run()",
            "serve",
            "--host",
            HOST,
            "--port",
            str(port),
            "--log-level",
            "warning",
        ]
    )
    url = f"http://{HOST}:{port}"
    try:
        _wait_until_ready(url, process)
        yield url, process
    finally:
        _stop(process)


def _wait_until_ready(url: str, process: "subprocess.Popen[bytes]") -> None:
    client = ApiClient(url)
    deadline = time.monotonic() + START_TIMEOUT_S
    while not client.is_ready():
        if process.poll() is not None:
            raise ApiError(f"The API stopped while starting (exit code {process.returncode}); its log is above.")
        if time.monotonic() > deadline:
            raise ApiError(f"The API was not ready after {START_TIMEOUT_S:.0f} s: {url}/readyz says why.")
        time.sleep(0.05)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
