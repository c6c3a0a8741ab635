"""Running networks: arrays in, named arrays out. The only module that knows the inference runtime (OpenVINO)."""

import mmap
import os
import sys
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from faces.errors import ModelsDamaged

# OpenVINO reports its mere import to an analytics server, unless this companion package cannot be imported.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]

import openvino as ov  # noqa: E402

Batch: TypeAlias = NDArray[np.float32]
"""RGB pixels, 0 to 255, shape (n, height, width, 3). The networks scale them themselves."""

Outputs: TypeAlias = Mapping[str, NDArray[np.float32]]


class Network(Protocol):
    """A network that several threads may call at once."""

    def __call__(self, batch: Batch) -> Outputs:
        """The outputs by name, one row per picture of the batch. The arrays are copies: the caller may keep them."""


@cache
def _core() -> Any:
    """OpenVINO's core: one for the whole life of the process.

    When a core is deleted, OpenVINO frees the stack that it set up for signal handlers (`sigaltstack`), and the next
    signal, such as Ctrl-C, crashes the process.
    """
    core = ov.Core()
    # OpenVINO builds its table of types at first use, and two threads that do so at once deadlock.
    ov.Type.f32.to_dtype()
    return core


class _Compiled:
    """A network compiled for one input shape, with a pool of inference requests that grows to the most used at once."""

    def __init__(self, model: Any, config: Mapping[str, Any]) -> None:
        self._compiled = _core().compile_model(model, "CPU", dict(config))
        self._names = [output.get_any_name() for output in self._compiled.outputs]
        self._idle: list[Any] = []
        self._lock = Lock()

    def start(self, batch: Batch) -> Any:
        """Start an inference. The caller must keep the batch alive until `finish`, for it is not copied."""
        request = self._acquire()
        request.set_input_tensor(ov.Tensor(batch, shared_memory=True))
        request.start_async()
        return request

    def finish(self, request: Any) -> Outputs:
        """Wait for the inference, and return copies of its outputs."""
        request.wait()
        outputs = {name: request.get_output_tensor(i).data.copy() for i, name in enumerate(self._names)}
        self._idle.append(request)
        return outputs

    def _acquire(self) -> Any:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return self._compiled.create_infer_request()


class OpenVinoNetwork:
    """A network that processes a batch as a whole, or in chunks of `chunk` rows, one on each core.

    Chunks have a fixed size: the runtime compiles better code for it (0.8 of the time), and compiles only once.
    """

    def __init__(self, model: Any, weights: mmap.mmap, chunk: int | None, config: Mapping[str, Any]) -> None:
        self._model, self._weights, self._chunk, self._config = model, weights, chunk, config
        self._compiled: dict[tuple[int, ...], _Compiled] = {}
        self._lock = Lock()
        self._sizes = set[tuple[int, ...]]()
        row = list(model.input().partial_shape)[1:]
        if all(side.is_static for side in row):
            self._compiled_for(tuple(side.get_length() for side in row))

    def __call__(self, batch: Batch) -> Outputs:
        """See `Network`."""
        compiled, chunk = self._compiled_for(batch.shape[1:]), self._chunk or len(batch)
        running, found = deque[tuple[Any, Batch]](), list[Outputs]()
        for first in range(0, len(batch), chunk):
            if len(running) == 2 * self._config["NUM_STREAMS"]:
                found.append(compiled.finish(running.popleft()[0]))
            rows = _padded(batch[first : first + chunk], chunk)
            running.append((compiled.start(rows), rows))
        found += [compiled.finish(request) for request, _ in running]
        self._release_weights((chunk, *batch.shape[1:]))
        return {name: np.concatenate([outputs[name] for outputs in found])[: len(batch)] for name in found[0]}

    def _compiled_for(self, row: tuple[int, ...]) -> _Compiled:
        with self._lock:
            if row not in self._compiled:
                model = self._model.clone()
                if self._chunk:
                    model.reshape([self._chunk, *row])
                self._compiled[row] = _Compiled(model, self._config)
            return self._compiled[row]

    def _release_weights(self, size: tuple[int, ...]) -> None:
        """Free the memory of the mapped weights file after the first batch of each new size.

        For each new size the runtime reads the weights once, and keeps a copy in its own order. Should it read them
        again, the system reads the file again.
        """
        if size not in self._sizes:
            self._sizes.add(size)
            self._weights.madvise(mmap.MADV_DONTNEED)


def _padded(rows: Batch, count: int) -> Batch:
    """The rows, padded with zeros to `count` of them."""
    lacking = count - len(rows)
    return np.concatenate([rows, np.zeros((lacking, *rows.shape[1:]), np.float32)]) if lacking else rows


def load_network(
    path: Path, *, chunk: int | None = None, mixed: bool = False, threads: int | None = None, streams: int = 1
) -> Network:
    """Compile an exported network (`.xml` with its `.bin` beside it) for this machine's processor.

    The network uses `threads` threads (None: one a core), divided into `streams` groups that each serve one caller at
    a time. With a `chunk`, each thread is a stream of its own, which processes that many rows of a batch.
    With `mixed` precision, a processor that has bfloat16 uses it for everything but what `convert_graph` marked as
    exact. The results are nearly the same, in 0.6 of the time (decision 0007).
    """
    try:
        weights = _map(path.with_suffix(".bin"))
        model = _core().read_model(path.read_bytes(), ov.Tensor(np.frombuffer(weights, np.uint8), shared_memory=True))
    except (OSError, ValueError, RuntimeError) as error:
        raise ModelsDamaged(f"{path} is not a network: {error}. Run `findtheactor models prepare`.") from error
    cores = threads or os.cpu_count() or 1
    config = {"NUM_STREAMS": cores if chunk else streams, "INFERENCE_PRECISION_HINT": _precision(mixed)}
    return OpenVinoNetwork(model, weights, chunk, config | ({"INFERENCE_NUM_THREADS": threads} if threads else {}))


def _precision(mixed: bool) -> str:
    """The precision to ask for. The runtime's default would use bfloat16 for every network, wherever there is any."""
    return "bf16" if mixed and "BF16" in _core().get_property("CPU", "OPTIMIZATION_CAPABILITIES") else "f32"


def _map(path: Path) -> mmap.mmap:
    """Map the file into memory. The runtime requires a writable buffer: a write would go to a private copy."""
    with path.open("rb") as file:
        weights = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    if hasattr(mmap, "MADV_NOHUGEPAGE"):  # Linux: what is read again brings back pages of 64 kB, not of 2 MB
        weights.madvise(mmap.MADV_NOHUGEPAGE)
    return weights


def convert_graph(graph: Path, names: Sequence[str], target: Path, *, exact: int = 0) -> None:
    """Turn a frozen TensorFlow graph into `target` (`.xml`, its weights in `.bin` beside it), in full precision.

    The graph's outputs get these `names`, in order. All operations up to and including its first `exact` convolutions,
    and those right after them, are marked to be computed in float32, also when the network is loaded with mixed
    precision.
    """
    model = ov.convert_model(graph)  # folds constants, so that the weights exist only once
    for output, name in zip(model.outputs, names, strict=True):
        output.get_tensor().set_names({name})
    for node in _until_convolution(model, exact + 1):
        node.get_rt_info()["precise_0"] = ""
    ov.save_model(model, target, compress_to_fp16=False)


def _until_convolution(model: Any, nth: int) -> Iterator[Any]:
    """The nodes before the model's n-th convolution, in the order of their computation."""
    for node in model.get_ordered_ops():
        nth -= node.get_type_name() == "Convolution"
        if not nth:
            return
        yield node


def runtime_version() -> str:
    """The version of the inference runtime."""
    return str(ov.get_version())
