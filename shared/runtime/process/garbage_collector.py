"""Python's collector of garbage, in a process that serves requests."""

import gc


def exempt_loaded_objects() -> None:
    """Exempt all objects that exist from later collections: modules, models and routes stay until the end.

    Otherwise the collector looks at hundreds of thousands of them every few searches, which takes a tenth of
    the time of a search (``docs/adr/0004-embedded-search-index.md``).
    """
    gc.collect()
    gc.freeze()
