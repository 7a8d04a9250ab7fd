"""The files that people open in a browser: the console under ``/`` and the documentation under ``/docs``."""
