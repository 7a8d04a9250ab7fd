"""The services of a runtime, one module for each room of ``shared.services``."""
