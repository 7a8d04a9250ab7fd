"""The paths of requests: their methods, and their form in the log."""
