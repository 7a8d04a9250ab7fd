"""The size of the first page."""

from tests.browser.built_console import first_page_bytes


def test_first_page_has_at_most_250_kb_of_javascript() -> None:
    # Less means that imports are no longer found.
    assert 100_000 <= first_page_bytes() <= 250_000
