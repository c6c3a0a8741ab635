"""A description of the machine, for the report."""

import os
import platform
import re
from pathlib import Path


def describe_machine() -> dict[str, str]:
    """Processor, cores, system, Python version, and the load average before the run."""
    info = Path("/proc/cpuinfo").read_text()
    model = re.search(r"model name\s*: (.*)", info)
    flags = re.search(r"flags\s*: (.*)", info)
    wide = [flag for flag in ("avx2", "avx512f", "avx512_bf16", "amx_bf16") if flags and flag in flags[1].split()]
    return {
        "processor": f"{model[1] if model else platform.machine()} ({', '.join(wide)})",
        "cores": str(len(os.sched_getaffinity(0))),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "load average before": f"{os.getloadavg()[0]:.1f}",
    }
