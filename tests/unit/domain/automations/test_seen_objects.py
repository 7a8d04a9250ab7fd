"""Digests of seen objects: stored in parts, and found again."""

from shared.domain.automations.seen_objects import SeenObjects, object_digest


def test_digests_of_many_parts_are_found_again() -> None:
    seen = SeenObjects(object_digest(f"clips/{number}", "v1") for number in range(70_000))
    parts = list(seen.parts())
    assert len(parts) == 3
    again = SeenObjects.of_parts(parts)
    assert len(again) == 70_000
    assert all(object_digest(f"clips/{number}", "v1") in again for number in (0, 35_000, 69_999))


def test_another_version_or_name_is_not_seen() -> None:
    seen = SeenObjects([object_digest("a", "v1")])
    assert object_digest("a", "v2") not in seen
    assert object_digest("b", "v1") not in seen
    assert object_digest("a", "v1") not in SeenObjects()


def test_name_with_lone_surrogate_has_digest() -> None:
    assert object_digest("\ud800", "v1") != object_digest("\ud801", "v1")
