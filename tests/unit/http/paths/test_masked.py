"""Masked paths in the log: words are shown, and ids, names and secrets are not."""

import pytest

from shared.http.paths.masked import masked


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/", "/"),
        ("/api/v2/videos/vid_01J9Z3W6ABCDEFGHJKMNPQRSTV/segmnts", "/api/v2/videos/{id}/segmnts"),
        ("/api/v1/indexes", "/api/v1/indexes"),
        ("/api/v2//indexes/", "/api/v2//indexes/"),
        ("/favicon.ico", "/favicon.ico"),
        ("/api/v2/prompt-runs/execute_all", "/api/v2/prompt-runs/execute_all"),
        ("/sk_live_0f1e2d3c0f1e2d3c", "/{masked}"),
        ("/api/v2/keys/abcdefghijklmnopqrstuvwxyzabcdefghijkl", "/api/v2/keys/{masked}"),
        ("/Holidays of Anna.mp4", "/{masked}"),
        ("/a\nb\x1b[31m", "/{masked}"),
        ("/été", "/{masked}"),
        ("/user@example.com", "/{masked}"),
        ("/" + "/".join("abcdefghijkl"), "/a/b/c/d/e/f/g/h/i/j/..."),
    ],
)
def test_words_are_shown_and_everything_else_is_masked(path: str, shown: str) -> None:
    assert masked(path) == shown
