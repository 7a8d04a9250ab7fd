"""Benchmarks: ratios against real time, a floor or an exact answer, all taken in the same run."""
