"""The C library's heaps. Elsewhere than on glibc, which has these two calls, nothing happens."""

import ctypes

M_ARENA_MAX = -8
"""Of glibc's `malloc.h`."""
MOST = 2

_library = ctypes.CDLL(None)
_is_glibc = hasattr(_library, "gnu_get_libc_version")


def limit_heaps() -> None:
    """Have threads share `MOST` heaps, before they start: each thread's own keeps what its largest picture took."""
    if _is_glibc:
        _library.mallopt(M_ARENA_MAX, MOST)


def give_back() -> None:
    """Return to the system what is free in the heaps: what loading took, and the largest pictures."""
    if _is_glibc:
        _library.malloc_trim(0)
