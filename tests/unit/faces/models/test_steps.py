import re
from collections.abc import Mapping
from typing import Any

import pytest

from faces.models.steps import StepFailed, run_step


def lines_of(program: str) -> list[Mapping[str, Any]]:
    seen: list[Mapping[str, Any]] = []
    run_step(["-c", program], seen.append)
    return seen


def test_reports_json_lines_and_leaves_out_others() -> None:
    assert lines_of("""print('loading'); print('{"done_of": 1}'); print('{"done": true}')""") == [{"done_of": 1}]


def test_a_step_that_says_why_it_failed_is_quoted() -> None:
    with pytest.raises(StepFailed, match=r"^no room$"):
        lines_of("""print('{"failed": "no room"}')""")


def test_a_step_that_crashes_is_quoted_by_the_end_of_its_stderr() -> None:
    with pytest.raises(StepFailed, match=re.escape("ZeroDivisionError: division by zero")):
        lines_of("1 / 0")


def test_a_step_that_is_killed_has_failed() -> None:
    with pytest.raises(StepFailed, match="code -9"):
        lines_of("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")


def test_an_interrupted_caller_kills_the_step() -> None:
    def interrupt(_: Mapping[str, Any]) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_step(["-c", """import time; print('{"n": 1}', flush=True); time.sleep(600)"""], interrupt)
