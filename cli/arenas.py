"""The C library's heaps."""

import ctypes

M_ARENA_MAX = -8
"""Of glibc's `malloc.h`."""
MOST = 2


def limit_arenas() -> None:
    """Have threads share `MOST` heaps, before they start: each thread's own keeps what its largest picture took.

    Elsewhere than on glibc, where there is no such thing, nothing happens.
    """
    library = ctypes.CDLL(None)
    if hasattr(library, "gnu_get_libc_version"):
        library.mallopt(M_ARENA_MAX, MOST)
