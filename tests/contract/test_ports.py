"""Every port is either under contract here, the same tests for both runtimes, or has one adapter for both."""

from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).resolve().parents[2]

CONTRACTS: Final = {
    "blobs": "test_blobs.py",
    "incoming_files": "test_incoming_files.py",
    "jobs": "test_jobs.py",
    "part_uploads": "test_part_uploads.py",
    "query_embedding": "test_query_embedding.py",
    "record_source": "test_record_source.py",
    "records": "test_records.py",
    "search_index": "test_search_index.py",
    "secrets": "test_secrets.py",
}
"""By port, the first module of its suite. Each of them has an adapter for either runtime."""

ELSEWHERE: Final = {
    "dropped_files": ("tests/aws/test_steps.py", "only S3 has files that came past the API"),
    "issuer_documents": ("tests/unit/services/access/test_bearer_tokens.py", "one adapter for both"),
    "models": ("tests/unit/models/test_cpu_pack.py", "one pack for both"),
    "record_limits": ("tests/contract/test_records.py", "limits that both stores of records keep"),
    "upload_sessions": ("tests/aws/test_upload_sessions.py", "what only S3 adds to uploads in parts"),
    "uri_fetcher": ("tests/unit/adapters/http/test_uri_fetcher.py", "one adapter for both"),
}
"""By port, where it is tried, and why that is not here."""


def test_every_port_is_under_contract_or_says_why_not() -> None:
    ports = {path.stem for path in (REPOSITORY / "shared" / "ports").glob("[!_]*.py")}
    assert ports == set(CONTRACTS) | set(ELSEWHERE)
    assert not set(CONTRACTS) & set(ELSEWHERE)


def test_the_suites_are_there() -> None:
    suites = [Path(__file__).with_name(name) for name in CONTRACTS.values()]
    suites += [REPOSITORY / path for path, _ in ELSEWHERE.values()]
    assert [path for path in suites if not path.exists()] == []
