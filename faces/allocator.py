"""Memory settings of the C library's allocator (glibc's malloc). With any other C library, nothing happens.

Decoding a picture allocates and frees large arrays. By default each thread has an arena of its own, and freed memory
goes back to the system at once: both cost time and memory here.
"""

import ctypes

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
"""Parameters of `mallopt`, as numbered in glibc's `malloc.h`."""
ARENAS = 2
MMAP_THRESHOLD = 32 << 20
"""Bytes. A larger allocation gets a mapping of its own. This is the largest value that glibc allows."""
TRIM_THRESHOLD = 256 << 20
"""Bytes. An arena keeps this much freed memory: to map it anew for each picture costs a tenth of the picture's time."""

_library = ctypes.CDLL(None)
_is_glibc = hasattr(_library, "gnu_get_libc_version")


def limit_arenas() -> None:
    """Let all threads share `ARENAS` arenas, which keep freed memory for later pictures. Call it before they start."""
    if _is_glibc:
        _library.mallopt(M_ARENA_MAX, ARENAS)
        _library.mallopt(M_MMAP_THRESHOLD, MMAP_THRESHOLD)
        _library.mallopt(M_TRIM_THRESHOLD, TRIM_THRESHOLD)


def trim_heap() -> None:
    """Return all freed memory to the system, for example after galleries were loaded."""
    if _is_glibc:
        _library.malloc_trim(0)
