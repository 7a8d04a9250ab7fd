"""What the ``move`` command prints: its progress, its outcome, and what it leaves behind."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from shared.services.maintenance.archive_copy.progress import MoveRecord
from shared.services.maintenance.archive_copy.results import CopyOutcome
from shared.services.maintenance.archive_copy.verification import Finding

_FINDINGS: Final = {
    Finding.DIFFERENT: "different",
    Finding.MISSING: "missing in the target",
    Finding.ADDITIONAL: "only in the target",
}

_NOT_MOVED: Final = (
    "Not moved: signed links, cursors, upload sessions, stored answers of requests, dead letters, and the "
    "deployment's own keys, which sign links and cursors."
)
_KEYS_NOT_MOVED: Final = "API keys were not moved either; --keys moves them."


def status_of(move: MoveRecord, seconds: float) -> str:
    """Describe the progress on one line. ``seconds``: since the start of this command."""
    compared = move.verified
    if move.phase.startswith("verify_") or compared.files:
        counts = (("files", compared.files), ("records", compared.records), ("secrets", compared.secrets))
        text = ", ".join(f"{found.total():,} {name}" for name, found in counts)
        return f"verifying: {text}; {_megabytes(compared.bytes_compared)}; {seconds:.0f} s"
    copied = move.copied
    counted = (("files", copied.files), ("records", copied.records), ("secrets", copied.secrets))
    text = ", ".join(f"{found.total():,} {name}" for name, found in counted)
    return f"copying: {text}; {_megabytes(copied.bytes_copied)}; {seconds:.0f} s"


def is_verified(move: MoveRecord) -> bool:
    """Return whether the copy has all of the source, with the same content, and nothing else."""
    return move.verified.is_identical


def report_of(move: MoveRecord, seconds: float, reindex: str) -> str:
    """Describe the outcome. ``reindex`` says how the search index of the target is built."""
    lines = [_copied(move, seconds)]
    if move.options.dry_run:
        return "\n".join([*lines, "Nothing was written."])
    return "\n".join([*lines, *_verified(move), *_left_behind(move, reindex)])


def _copied(move: MoveRecord, seconds: float) -> str:
    copied = move.copied
    counts = (("files", copied.files), ("records", copied.records), ("secrets", copied.secrets))
    verb = "to copy" if move.options.dry_run else "copied"
    parts = [
        f"{found[CopyOutcome.COPIED]:,} {name} {verb}, {_others(found)} there already"
        for name, found in counts
    ]
    return f"{'; '.join(parts)}; {_megabytes(copied.bytes_copied)} in {seconds:.1f} s."


def _others(found: Counter[CopyOutcome]) -> str:
    return f"{found[CopyOutcome.IDENTICAL] + found[CopyOutcome.DIFFERENT]:,}"


def _verified(move: MoveRecord) -> Iterator[str]:
    verified = move.verified
    counts = (("files", verified.files), ("records", verified.records), ("secrets", verified.secrets))
    same = ", ".join(f"{found[Finding.IDENTICAL]:,} {name}" for name, found in counts)
    yield f"Verified by SHA-256: {same} are identical; {_megabytes(verified.bytes_compared)}."
    for finding, text in _FINDINGS.items():
        total = sum(found[finding] for _, found in counts)
        names = [name for each, name in verified.differences if each is finding]
        if total:
            yield f"{total:,} {text}:"
            yield from (f"  {name}" for name in names)
        if total > len(names):
            yield f"  and {total - len(names):,} more"
    if verified.differences:
        yield "--overwrite replaces what is different and copies what is missing; it deletes nothing."


def _left_behind(move: MoveRecord, reindex: str) -> Iterator[str]:
    yield _NOT_MOVED
    if not move.options.keys:
        yield _KEYS_NOT_MOVED
    yield f"Build the search index now: {reindex}"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
