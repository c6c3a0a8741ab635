"""The main job as its user runs it."""

import os
import re
import signal
import socket
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, Row, text

from tests.integration.cli.conftest import ENTRY
from tests.moments import wait_until

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def rows(engine: Engine, query: str) -> Sequence[Row[Any]]:
    with engine.connect() as connection:
        return connection.execute(text(query)).all()


def embeddings(engine: Engine) -> int:
    [(count,)] = rows(engine, "SELECT count(*) FROM template")
    return int(count)


def right_answers(output: str) -> int:
    found = re.search(r"(\d+) of 25 right", output)
    assert found, output
    return int(found[1])


@pytest.mark.models
def test_the_demo_names_the_people_and_computes_no_embedding_twice(findtheactor: Run, engine: Engine) -> None:
    first = findtheactor("demo", "--no-serve")
    assert first.returncode == 0, first.stdout + first.stderr
    assert right_answers(first.stdout) >= 24
    made = embeddings(engine)
    assert made >= 50

    again = findtheactor("demo", "--no-serve")

    assert again.returncode == 0, again.stdout + again.stderr
    assert right_answers(again.stdout) >= 24
    assert embeddings(engine) == made
    assert re.search(r"embed_photos\W+done\W+$", again.stdout, flags=re.MULTILINE), again.stdout


@pytest.mark.models
def test_the_demo_finds_another_port_when_its_own_is_taken(findtheactor: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        done = findtheactor("demo", "--no-serve", FTA_PORT=str(port))

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Serving on http://127.0.0.1:{port} " not in done.stderr


@pytest.mark.models
def test_a_demo_killed_at_any_moment_works_the_next_time(
    findtheactor: Run, environment: dict[str, str], engine: Engine
) -> None:
    for moment in ("job_run WHERE job = 'gather_photos'", "scan HAVING count(*) > 20", "gallery_release"):
        process = subprocess.Popen(
            [*ENTRY, "demo", "--no-serve"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        wait_until(lambda: rows(engine, f"SELECT 1 FROM {moment}"))  # noqa: B023  # in this round of the loop
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    done = findtheactor("demo", "--no-serve")

    assert done.returncode == 0, done.stdout + done.stderr
    assert right_answers(done.stdout) >= 24


@pytest.mark.models
def test_the_web_app_stays_open_until_it_is_interrupted(environment: dict[str, str]) -> None:
    with subprocess.Popen([*ENTRY, "demo"], env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = next(found[1] for line in process.stdout if (found := re.search(r"open at (http://\S+)", line)))
        host, port = url.removeprefix("http://").split(":")
        token = (Path(environment["FTA_DATA_DIR"]) / "demo" / "ops-token").read_text()
        dashboard = httpx.get(f"{url}/ops/api/coverage", headers={"Authorization": f"Bearer {token}"}, trust_env=False)
        assert [line["region"]["code"] for line in dashboard.json()["regions"]] == ["FR"]
        with socket.create_connection((host, int(port)), timeout=5):
            pass

        process.send_signal(signal.SIGINT)

        assert process.wait(timeout=20) == 0
    with pytest.raises(OSError):
        socket.create_connection((host, int(port)), timeout=1)
