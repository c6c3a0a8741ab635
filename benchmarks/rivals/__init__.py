"""What our answer is measured against: each in a process of its own, asked by lines (`benchmarks.rivals.process`)."""
