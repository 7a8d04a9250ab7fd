"""Models that functions share, each in a function of its own."""
