"""The collector of garbage of a server."""

import subprocess
import sys

_SCRIPT = """
import gc
from shared.runtime.process.garbage_collector import exempt_loaded_objects

class Node: ...

kept, cycle = [Node() for _ in range(1_000)], Node()
cycle.itself = cycle
del cycle
exempt_loaded_objects()
assert gc.get_freeze_count() > 1_000
assert not any(isinstance(each, Node) for each in gc.get_objects()), "loaded objects are looked at again"
later = Node()
later.itself = later
del later
assert gc.collect() > 0, "garbage is not collected any more"
"""


def test_only_later_objects_are_collected() -> None:
    subprocess.run([sys.executable, "-c", _SCRIPT], check=True)
