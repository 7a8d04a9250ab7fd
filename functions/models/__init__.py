"""Functions that run a model for other functions, one model each."""
