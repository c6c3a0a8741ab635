"""Decoding in a process of its own, which is ended when a picture takes too long, or more memory than it may.

For what cannot be bounded by reading the file's header: PNG and WebP, and JPEGs that are damaged or in CMYK.
"""

import atexit
import json
import select
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from faces.effort import Effort
from faces.errors import DamagedPicture, DecoderFailed, PictureError, TooManyPixels
from faces.types import Pixels

PROGRAM = Path(__file__).with_name("decoder.py")
OVERHEAD_S = 0.005
"""Processor time of a picture besides its decoding: to hand it over and back."""
PATIENCE_S = 30
"""So long an answer may take by the clock, where the machine has hardly any processor time to give."""
OUT_OF_MEMORY = "The picture takes too much memory to decode. Send a smaller picture, or a JPEG."
PIPE_BYTES = 1 << 20
KEPT_BYTES = 16 << 20
"""Free memory that glibc keeps for the next picture: larger ones give back all that they took."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What became of a picture: its stored `size`, (width, height), or why it `failed`.

    `failed` says what is damaged; it is empty when nothing is. `pixels` is None when the size is not within the limits.
    They may be shrunk, but their longer side not below the one that was asked for.
    """

    failed: str = ""
    size: tuple[int, int] = (0, 0)
    orientation: int = 1
    pixels: Pixels | None = None


class ConfinedDecoder:
    """A process that decodes one picture after the other: started when first needed, and anew after it was ended."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._one_at_a_time = Lock()
        atexit.register(self.close)

    def decode(self, data: bytes, effort: Effort, *, side: int, pixels: int, smallest_side: int) -> Decoded:
        """The picture in the file `data`, shrunk to no less than `side`, if its size is within the limits.

        Raises `TooMuchWork` when that takes longer than `effort` has left, `TooManyPixels` when it takes too much
        memory, and `DamagedPicture` when it ends the process otherwise.
        """
        with self._one_at_a_time:
            effort.spend(OVERHEAD_S, "nothing is left for it")
            seconds = max(effort.decoding_s, OVERHEAD_S)
            request = {
                "bytes": len(data),
                "seconds": seconds,
                "side": side,
                "pixels": pixels,
                "smallest_side": smallest_side,
            }
            self._process = process = self._process or _start()
            try:
                _send(process, request, data)
                answer = _receive(process)
                shape = answer.get("shape")
                decoded = None if shape is None else _receive_pixels(process, tuple(shape))
            except (OSError, EOFError):
                self._process = None
                raise _reason(_end(process), effort, seconds) from None
        if answer.get("out_of_memory"):
            raise TooManyPixels(OUT_OF_MEMORY)
        effort.spend(answer["spent_s"], "it took all the time there is")
        width, height = answer.get("size", (0, 0))
        return Decoded(answer.get("failed", ""), (width, height), answer.get("orientation", 1), decoded)

    def close(self) -> None:
        """End the process, if there is one."""
        if self._process:
            _end(self._process)
            self._process = None


def _start() -> subprocess.Popen[bytes]:
    """The process, ready to decode. It knows nothing of this one's environment."""
    process = subprocess.Popen(
        [sys.executable, "-I", str(PROGRAM)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"MALLOC_TRIM_THRESHOLD_": str(KEPT_BYTES)},
        bufsize=0,
        pipesize=PIPE_BYTES,
        start_new_session=True,  # Ctrl-C is for us, who then answer what is in work
    )
    try:
        _receive(process)
    except EOFError:
        status = _end(process)
        raise DecoderFailed(f"`python {PROGRAM}` ended at once, with status {status}: run it to see why.") from None
    return process


def _end(process: subprocess.Popen[bytes]) -> int:
    """End the process, and give its status: below 0, the signal that ended it before."""
    process.kill()
    process.communicate()
    return process.returncode


def _reason(status: int, effort: Effort, seconds: float) -> PictureError:
    """Why a picture has ended the process: by the signal below 0, or by an exception."""
    if status in (-signal.SIGPROF, -signal.SIGKILL):
        return effort.exceeded(f"it takes more than {seconds:.1f} seconds")
    if status < 0:
        return DamagedPicture("The picture is damaged in a way that ends the decoder. Save it anew.")
    return TooManyPixels(OUT_OF_MEMORY)


def _send(process: subprocess.Popen[bytes], request: dict[str, Any], data: bytes) -> None:
    assert process.stdin
    head = json.dumps(request).encode()
    for part in (len(head).to_bytes(4, "big") + head, data):
        view = memoryview(part)
        while view:
            view = view[process.stdin.write(view) :]


def _receive(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    length = bytearray(4)
    _fill(process, memoryview(length))
    body = bytearray(int.from_bytes(length, "big"))
    _fill(process, memoryview(body))
    answer: dict[str, Any] = json.loads(body)
    return answer


def _receive_pixels(process: subprocess.Popen[bytes], shape: tuple[int, ...]) -> Pixels:
    pixels = np.empty(shape, np.uint8)
    _fill(process, pixels.data.cast("B"))
    return pixels


def _fill(process: subprocess.Popen[bytes], view: memoryview) -> None:
    """Read as many bytes as `view` has; `EOFError` when the process ends before, or says nothing for too long."""
    assert process.stdout
    while view:
        ready, _, _ = select.select([process.stdout], [], [], PATIENCE_S)
        count = process.stdout.readinto(view) if ready else 0  # type: ignore[attr-defined]
        if not count:
            raise EOFError
        view = view[count:]
