"""Damaged media end with a result or a refusal: no crash, no defect, no hang, no gigabyte.

``make test-long`` mutates small media for ten minutes, or for ``FUZZ_SECONDS``. It writes each file with
a defect to ``fuzz-findings/``. Files whose defect is mended are kept in ``tests/fuzzing/kept``.
"""

import hashlib
import os
import random
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from tests.fuzzing.decoder import Decoder
from tests.fuzzing.mutation import mutated
from tests.fuzzing.originals import originals

_SECONDS: Final = float(os.environ.get("FUZZ_SECONDS", "600"))
_KEPT: Final = Path(__file__).parent / "kept"
_FINDINGS: Final = Path("fuzz-findings")

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="processor time and memory come from /proc")


def test_same_seed_gives_same_file() -> None:
    files = [bytes(range(256)) * 8, b"other" * 100]
    assert [mutated(seed, files) for seed in range(50)] == [mutated(seed, files) for seed in range(50)]
    assert len({mutated(seed, files) for seed in range(50)}) > 40


@linux_only
@pytest.mark.slow
def test_kept_files_end_with_result_or_refusal() -> None:
    with Decoder() as decoder:
        outcomes = {path.name: decoder.decode(path) for path in sorted(_KEPT.iterdir())}
    assert {name: outcome for name, outcome in outcomes.items() if not outcome.is_good} == {}


@linux_only
@pytest.mark.long
def test_mutated_files_end_with_result_or_refusal(tmp_path: Path) -> None:
    first_seed = random.SystemRandom().randrange(2**32)
    print(f"first seed {first_seed}")
    files = originals(tmp_path)
    reports: Counter[str] = Counter()
    defects: list[str] = []
    ends_at = time.monotonic() + _SECONDS
    seed = first_seed
    with Decoder() as decoder:
        while time.monotonic() < ends_at:
            path = tmp_path / "mutated"
            path.write_bytes(mutated(seed, files))
            outcome = decoder.decode(path)
            reports[outcome.report] += 1
            if not outcome.is_good:
                defects.append(f"seed {seed}: {outcome}, {_kept(path)}")
            seed += 1
    print(f"{seed - first_seed} files", dict(reports.most_common()))
    assert reports["completed"] > 0
    assert defects == []


def _kept(path: Path) -> Path:
    _FINDINGS.mkdir(exist_ok=True)
    content = path.read_bytes()
    kept = _FINDINGS / hashlib.sha256(content).hexdigest()[:16]
    kept.write_bytes(content)
    return kept
