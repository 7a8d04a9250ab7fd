"""The query-embedding function in the emulator, with the packages of this environment as its layer."""

import functools
import io
import sys
import zipfile
from typing import Any, Final

from tests.aws import stores

_ENTRY: Final = f"""
import sys
sys.path[:0] = {[path for path in sys.path if path]!r}
from functions.models.query_embedding.handler import handler
"""
_FAILING: Final = """
def handler(event, context):
    raise RuntimeError(event["words"])
"""


@functools.cache
def deployed(*, failing: bool = False) -> str:
    """Deploy the function once per process; return its name."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("entry.py", _FAILING if failing else _ENTRY)
    name = stores.new_name()
    client().create_function(
        FunctionName=name,
        Runtime="python3.11",
        Handler="entry.handler",
        Role="arn:aws:iam::000000000000:role/query-embedding",
        Code={"ZipFile": content.getvalue()},
        MemorySize=2048,
        Timeout=60,
    )
    return name


def client() -> Any:
    """Return a Lambda client as the product creates it."""
    return stores.client_of("lambda")
