"""Benchmarks: ratios to real time, to a floor or to an exact answer, each measured in the same run."""
