"""The rivals of `benchmarks.speed`: each runs in a process of its own (`process` starts it, `worker` is its side)."""
