"""The decision record on the key design describes every key."""

import inspect
import re
from pathlib import Path

from shared.domain import keys

RECORD = Path(__file__).parents[2] / "docs" / "adr" / "0008-dynamodb-key-design.md"


def test_every_key_has_documented_access_pattern() -> None:
    made = {
        name
        for name, function in inspect.getmembers(keys, inspect.isfunction)
        if inspect.signature(function).return_annotation is keys.Key
    }
    described = set(re.findall(r"^\| `(\w+)` \|", RECORD.read_text(encoding="utf-8"), re.MULTILINE))
    assert len(made) > 20
    assert made - described == set()
