"""The C library's heaps, in which pictures come and go. Elsewhere than on glibc, nothing happens."""

import ctypes

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
"""Of glibc's `malloc.h`."""
HEAPS = 2
LARGEST = 32 << 20
"""Bytes; more than this is a mapping of its own. The most that glibc allows."""
KEPT = 256 << 20
"""Bytes that a heap keeps when they are free: for each picture to take and return its own costs a tenth of its time."""

_library = ctypes.CDLL(None)
_is_glibc = hasattr(_library, "gnu_get_libc_version")


def share_heaps() -> None:
    """Have threads share a few heaps, before they start, which keep what a picture took for the next one."""
    if _is_glibc:
        _library.mallopt(M_ARENA_MAX, HEAPS)
        _library.mallopt(M_MMAP_THRESHOLD, LARGEST)
        _library.mallopt(M_TRIM_THRESHOLD, KEPT)


def give_back() -> None:
    """Return to the system what is free in the heaps: what loading took, and the largest pictures."""
    if _is_glibc:
        _library.malloc_trim(0)
