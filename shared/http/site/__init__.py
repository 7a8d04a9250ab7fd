"""The files that people open in a browser: the console under ``/`` and the documentation under ``/docs``.

A build writes both (``make console``, ``make docs``). On AWS, CloudFront serves the same files.
"""
