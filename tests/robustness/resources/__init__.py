"""One module for each resource; ``tests.robustness.resource`` collects every module of this package."""
