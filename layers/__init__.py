"""What functions on AWS bring along: locked sets of packages, and how they are built without Docker."""
