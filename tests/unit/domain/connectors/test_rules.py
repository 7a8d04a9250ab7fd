import pytest

from shared.domain.connectors.connector import ConnectorOptions, ConnectorScope
from shared.domain.connectors.rules import (
    check_credential,
    check_prefix,
    checked_base_path,
    checked_options,
)
from shared.domain.errors import InvalidRequest


@pytest.mark.parametrize("name", ["", "  ", "n" * 101, "a\nb", "a\x7fb", "a\x9bb"])
def test_invalid_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidRequest, match="name"):
        checked_options(ConnectorOptions(name=name))


def test_scopes_are_ordered_without_repetition() -> None:
    scopes = [ConnectorScope.EXPORT, ConnectorScope.IMPORT, ConnectorScope.EXPORT]
    assert checked_options(ConnectorOptions(name="Films", scopes=scopes)).scopes == ["import", "export"]


@pytest.mark.parametrize(
    ("path", "expected"), [(None, None), ("", None), ("out", "out"), ("out/", "out"), ("a b/ü", "a b/ü")]
)
def test_base_path_is_relative_without_slash_at_its_end(path: str | None, expected: str | None) -> None:
    assert checked_base_path(path) == expected


@pytest.mark.parametrize(
    "path", ["/", "/a", "a//b", "a/../b", "..", ".", "a/./b", "a/ .. /b", "a\\b", "a\nb", "a/ /b", "é" * 257]
)
def test_base_path_that_could_leave_its_folder_is_refused(path: str) -> None:
    with pytest.raises(InvalidRequest, match="export_base_path"):
        checked_base_path(path)


@pytest.mark.parametrize("prefix", ["", "a", "a/", "a/b", "a/.", "a/..", ".hidden", "50% #?+ü"])
def test_prefix_may_end_within_a_name(prefix: str) -> None:
    check_prefix(prefix)


@pytest.mark.parametrize("prefix", ["/", "/a", "a//", "a//b", "./a", "../", "a/../b", "a\x02", "a\nb"])
def test_prefix_with_a_folder_that_no_key_has_is_refused(prefix: str) -> None:
    with pytest.raises(InvalidRequest, match="prefix"):
        check_prefix(prefix)


@pytest.mark.parametrize("value", ["", "planted\r\nX-Injected: 1", "planted ", "\tplanted", "planted" * 200])
def test_credential_that_is_no_header_value_is_refused_without_it(value: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        check_credential("aws_secret_access_key", value)
    assert "planted" not in str(refused.value)
