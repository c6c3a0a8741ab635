"""The one seam to the inference runtime (OpenVINO): arrays in, named arrays out."""

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
        """The outputs by name, one row per picture of the batch; the arrays are the caller's to keep."""


@cache
def _core() -> Any:
    """The one core of this process, which lives as long as it does.

    A core that goes away takes with it the memory that OpenVINO set aside for signal handlers (`sigaltstack`),
    and the next signal, such as Ctrl-C, crashes the process.
    """
    core = ov.Core()
    # Its table of types is made at first use, and two threads that both make it wait for each other for ever.
    ov.Type.f32.to_dtype()
    return core


class _Compiled:
    """A network compiled for one size of batch, with a pool of inference requests: as many as ever ran at once."""

    def __init__(self, model: Any, config: Mapping[str, Any]) -> None:
        self._compiled = _core().compile_model(model, "CPU", dict(config))
        self._names = [output.get_any_name() for output in self._compiled.outputs]
        self._idle: list[Any] = []
        self._lock = Lock()

    def start(self, batch: Batch) -> Any:
        """Begin with a batch; whoever asks for it to `finish` keeps the batch until then."""
        request = self._borrow()
        request.set_input_tensor(ov.Tensor(batch, shared_memory=True))
        request.start_async()
        return request

    def finish(self, request: Any) -> Outputs:
        """Wait for what was started."""
        request.wait()
        outputs = {name: request.get_output_tensor(i).data.copy() for i, name in enumerate(self._names)}
        self._idle.append(request)
        return outputs

    def _borrow(self) -> Any:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return self._compiled.create_infer_request()


class OpenVinoNetwork:
    """A network that looks at a batch as a whole, or at `part` rows of it on each core.

    Parts have a fixed size, for which the runtime compiles better (0.8 of the time) and only once.
    """

    def __init__(self, model: Any, weights: mmap.mmap, part: int | None, config: Mapping[str, Any]) -> None:
        self._model, self._weights, self._part, self._config = model, weights, part, config
        self._compiled: dict[tuple[int, ...], _Compiled] = {}
        self._lock = Lock()
        self._sizes = set[tuple[int, ...]]()
        row = list(model.input().partial_shape)[1:]
        if all(side.is_static for side in row):
            self._compiled_for(tuple(side.get_length() for side in row))

    def __call__(self, batch: Batch) -> Outputs:
        """See `Network`."""
        compiled, part = self._compiled_for(batch.shape[1:]), self._part or len(batch)
        running, found = deque[tuple[Any, Batch]](), list[Outputs]()
        for first in range(0, len(batch), part):
            if len(running) == 2 * self._config["NUM_STREAMS"]:
                found.append(compiled.finish(running.popleft()[0]))
            rows = _filled(batch[first : first + part], part)
            running.append((compiled.start(rows), rows))
        found += [compiled.finish(request) for request, _ in running]
        self._let_go((part, *batch.shape[1:]))
        return {name: np.concatenate([outputs[name] for outputs in found])[: len(batch)] for name in found[0]}

    def _compiled_for(self, row: tuple[int, ...]) -> _Compiled:
        with self._lock:
            if row not in self._compiled:
                model = self._model.clone()
                if self._part:
                    model.reshape([self._part, *row])
                self._compiled[row] = _Compiled(model, self._config)
            return self._compiled[row]

    def _let_go(self, size: tuple[int, ...]) -> None:
        """Give the file's weights back to the system: for a batch of each new size the runtime reads them once, and
        makes a copy of its own in the order in which it needs them. Should it read them again, they come back."""
        if size not in self._sizes:
            self._sizes.add(size)
            self._weights.madvise(mmap.MADV_DONTNEED)


def _filled(rows: Batch, count: int) -> Batch:
    """The rows, and after them as many of zeros as `count` lacks."""
    lacking = count - len(rows)
    return np.concatenate([rows, np.zeros((lacking, *rows.shape[1:]), np.float32)]) if lacking else rows


def load_network(
    path: Path, *, part: int | None = None, mixed: bool = False, threads: int | None = None, streams: int = 1
) -> Network:
    """Compile an exported network (`.xml` with its `.bin` beside it) for this machine's processor.

    It uses so many `threads` (None: all cores), in so many `streams`: groups that work for one caller each. With a
    `part`, each thread is such a group, and looks at so many rows of a batch by itself.
    In `mixed` precision, a processor that has bfloat16 computes in it all but what `convert_graph` kept exact: nearly
    the same in 0.6 of the time (decision 0007).
    """
    try:
        weights = _map(path.with_suffix(".bin"))
        model = _core().read_model(path.read_bytes(), ov.Tensor(np.frombuffer(weights, np.uint8), shared_memory=True))
    except (OSError, ValueError, RuntimeError) as error:
        raise ModelsDamaged(f"{path} is not a network: {error}. Run `findtheactor models prepare`.") from error
    cores = threads or os.cpu_count() or 1
    config = {"NUM_STREAMS": cores if part else streams, "INFERENCE_PRECISION_HINT": _precision(mixed)}
    return OpenVinoNetwork(model, weights, part, config | ({"INFERENCE_NUM_THREADS": threads} if threads else {}))


def _precision(mixed: bool) -> str:
    """Never the runtime's default: bfloat16 wherever there is any. A processor without it would but imitate it."""
    return "bf16" if mixed and "BF16" in _core().get_property("CPU", "OPTIMIZATION_CAPABILITIES") else "f32"


def _map(path: Path) -> mmap.mmap:
    """The file in memory, read as it is needed. The runtime wants what it could write to, which would be a copy."""
    with path.open("rb") as file:
        weights = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    if hasattr(mmap, "MADV_NOHUGEPAGE"):  # Linux: the few numbers read again bring back 64 kB each, not 2 MB
        weights.madvise(mmap.MADV_NOHUGEPAGE)
    return weights


def convert_graph(graph: Path, names: Sequence[str], target: Path, *, exact: int = 0) -> None:
    """Turn a frozen TensorFlow graph into `target` (`.xml`, its weights in `.bin` beside it), in full precision.

    `names` are given to the graph's outputs, in their order. What leads to and comes of its first `exact` convolutions
    is marked to be computed in float32, also when it is loaded in mixed precision.
    """
    model = ov.convert_model(graph)  # with its constants folded, so that no other copy of the weights is made of them
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
