"""Every port has a contract suite for both runtimes here, or a reason why it has none."""

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
    "stores": "test_stores.py",
    "timer": "test_timer.py",
}
"""The first module of the contract suite, by port. Each of these ports has an adapter per runtime."""

ELSEWHERE: Final = {
    "dropped_files": ("tests/aws/test_steps.py", "only S3 has dropped files"),
    "event_feed": ("tests/unit/adapters/local/event_feed/test_feed.py", "protocols of consumers and readers"),
    "issuer_documents": ("tests/unit/services/access/test_bearer_tokens.py", "one adapter for both"),
    "models": ("tests/unit/models/test_cpu_pack.py", "one pack for both"),
    "record_limits": ("tests/contract/test_records.py", "limits that both record stores enforce"),
    "upload_sessions": ("tests/aws/test_upload_sessions.py", "methods that only S3 implements"),
    "webhook_sender": ("tests/unit/adapters/http/test_webhook_sender.py", "one adapter for both"),
    "uri_fetcher": ("tests/unit/adapters/http/test_uri_fetcher.py", "one adapter for both"),
}
"""The test module of a port without a contract suite, and the reason."""


def test_every_port_has_contract_suite_or_reason() -> None:
    ports = {path.stem for path in (REPOSITORY / "shared" / "ports").glob("[!_]*.py")}
    assert ports == set(CONTRACTS) | set(ELSEWHERE)
    assert not set(CONTRACTS) & set(ELSEWHERE)


def test_listed_suites_exist() -> None:
    suites = [Path(__file__).with_name(name) for name in CONTRACTS.values()]
    suites += [REPOSITORY / path for path, _ in ELSEWHERE.values()]
    assert [path for path in suites if not path.exists()] == []
