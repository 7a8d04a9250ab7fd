"""Lambda layers: locked sets of packages, built without Docker."""
