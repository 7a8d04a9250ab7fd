import pytest

from shared.domain.connectors.file_pattern import MAX_ALTERNATIVES, FilePattern
from shared.domain.errors import InvalidRequest
from tests.measures import processor_time, ratio_to_floor


@pytest.mark.parametrize(
    ("pattern", "key"),
    [
        ("", "a/b.mp4"),
        ("*", "a/b.mp4"),
        ("*.mp4", "b.mp4"),
        ("*.mp4", "2024/05/b.mp4"),
        ("*.{mp4,mov}", "a/b.mov"),
        ("{a,b/c}*", "b/cd"),
        ("{a{1,2},b}.mp4", "a2.mp4"),
        ("{a}", "a"),
        ("{,a}b", "b"),
        ("a?c.mp4", "abc.mp4"),
        ("[ab].mp4", "a.mp4"),
        ("[!ab].mp4", "c.mp4"),
        ("[^ab].mp4", "c.mp4"),
        ("[]].mp4", "].mp4"),
        ("[a-c]", "b"),
        ("a*b*c", "axbxbc"),
        ("2024/*.mp4", "2024/b.mp4"),
        ("/2024/*.mp4", "2024/b.mp4"),
        ("2024/**/*.mp4", "2024/b.mp4"),
        ("2024/**/*.mp4", "2024/x/y/b.mp4"),
        ("**/x/**", "a/x/b/c"),
        ("**/a/b/**/c", "x/a/a/b/c"),
        ("**/a/*/c", "a/b/a/d/c"),
        ("a**b", "axxb"),
        ("{a", "{a"),
        ("a}", "a}"),
        ("[a", "[a"),
        (r"\*.mp4", "*.mp4"),
        (r"\{a,b\}", "{a,b}"),
        ("*.mp4", "line\nbreak.mp4"),
        ("*.mp4", "映像 50%+#?.mp4"),
        ("a.b", "a.b"),
        ("(a|b)+$", "(a|b)+$"),
    ],
)
def test_pattern_matches_key(pattern: str, key: str) -> None:
    assert FilePattern(pattern).matches(key)


@pytest.mark.parametrize(
    ("pattern", "key"),
    [
        ("*.mp4", "a.MP4"),
        ("*.mp4", "a.mp4.txt"),
        ("*.{mp4,mov}", "a.avi"),
        ("2024/*.mp4", "2024/x/b.mp4"),
        ("*/b.mp4", "b.mp4"),
        ("**/x/**", "a/y"),
        ("a?c", "a/c"),
        ("a?c", "ac"),
        ("[!ab].mp4", "a.mp4"),
        ("[a-c]", "-"),
        (r"\*.mp4", "a.mp4"),
        ("a.b", "axb"),
        ("a", "b/aa"),
    ],
)
def test_pattern_does_not_match_key(pattern: str, key: str) -> None:
    assert not FilePattern(pattern).matches(key)


@pytest.mark.parametrize(
    ("pattern", "rule"),
    [("x" * 1025, "1024 characters"), ("{a,b}" * 7, "64 alternatives"), ("[z-a]", "invalid set")],
)
def test_invalid_pattern_is_refused(pattern: str, rule: str) -> None:
    with pytest.raises(InvalidRequest, match=rule):
        FilePattern(pattern)


def test_most_alternatives_are_permitted() -> None:
    pattern = "{" + ",".join(f"*{number}" for number in range(MAX_ALTERNATIVES)) + "}"
    assert FilePattern(pattern).matches(f"a{MAX_ALTERNATIVES - 1}")


@pytest.mark.parametrize(
    ("pattern", "unit"), [("*a" * 200 + "b", "a"), ("**/a/" * 200 + "b", "a/"), ("{*a,*a*a}*a*ab", "a")]
)
def test_time_of_a_match_grows_at_most_quadratically(pattern: str, unit: str) -> None:
    compiled = FilePattern(pattern)
    short, long = unit * 250, unit * 1000
    assert not compiled.matches(long)
    ratio = ratio_to_floor(
        processor_time(lambda: compiled.matches(long)),
        processor_time(lambda: compiled.matches(short)),
        most=24,
    )
    assert ratio <= 24
