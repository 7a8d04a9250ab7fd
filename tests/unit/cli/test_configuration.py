"""Settings of a command: invalid variables are refused by name."""

import pytest
import typer

from shared.cli.configuration import configured

ADDRESSES = ("S3_ENDPOINTS", "S3_BASE_URL", "GCS_BASE_URL", "AZURE_ENDPOINT", "AZURE_AUTHORITY_HOST")


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize(
    "value", ["127.0.0.1:9000", "ftp://store.lan", "http://store.lan/path", "http://a@store.lan"]
)
def test_invalid_address_of_store_ends_command(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(f"VIDEOVECTOR_SERVER_{name}", value)
    with pytest.raises(typer.Exit):
        configured()
    message = capsys.readouterr().err
    assert message.startswith(f"VIDEOVECTOR_SERVER_{name}: The value is invalid. ")
    assert ", such as https://" in message
    assert value not in message


@pytest.mark.parametrize("value", ["http://127.0.0.1:9000", "https://store.lan/", "http://[::1]:9000"])
def test_address_of_store_is_accepted(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ADDRESSES:
        monkeypatch.setenv(f"VIDEOVECTOR_SERVER_{name}", value)
    monkeypatch.setenv("VIDEOVECTOR_SERVER_S3_ENDPOINTS", f"{value}, https://minio.example.org")
    assert configured().gcs_base_url == value


def test_missing_file_of_authorities_ends_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VIDEOVECTOR_SERVER_STORE_AUTHORITIES_FILE", "missing.pem")
    with pytest.raises(typer.Exit):
        configured()
    assert "STORE_AUTHORITIES_FILE: Path does not point to a file." in capsys.readouterr().err
