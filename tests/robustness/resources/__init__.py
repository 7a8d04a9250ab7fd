"""One module a resource; ``tests.robustness.resource`` finds each by its place here."""
