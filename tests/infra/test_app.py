"""What cannot or must not be deployed is refused by name."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from infra import app
from infra.configuration import Configuration, Size
from layers.locked import REPOSITORY
from tests.infra.conftest import WITHOUT_ASSETS, Synthesise


def test_without_node_the_reason_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert app.main() == 2
    assert "`node`" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", ["sise=standard", "size"])
def test_a_choice_by_a_name_that_there_is_not_is_refused(
    wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        app.main(["-c", wrong])
    assert ended.value.code == 2
    assert wrong in capsys.readouterr().err


def test_make_passes_choices_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CDK_OUTDIR", str(tmp_path))
    monkeypatch.setenv("CDK_VALIDATION", "false")
    monkeypatch.setenv("CDK_CONTEXT_JSON", json.dumps(WITHOUT_ASSETS))

    def said(*command: str) -> str:
        return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout

    choices = "CHOICES=-c web_firewall=true -c name=films"
    recipe = said("make", "--dry-run", "--no-print-directory", "synth", choices)
    printed = said(*recipe.strip().splitlines()[-1].split())
    assert "films-firewall: " in printed
    assert "films-api: " in printed


def test_nothing_has_to_be_chosen() -> None:
    configuration = Configuration.read({"name": None}.get)
    assert configuration.size is Size.IDLE_ZERO
    assert configuration.deletion_protection


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("size", "huge"),
        ("region", "Frankfurt"),
        ("deletion_protection", "perhaps"),
        ("name", "-"),
        ("search_endpoint", "https://search.example"),
        ("search_engine", "external"),
        ("domain_name", "archive.example.com"),
        ("oidc_issuer", "https://issuer.example"),
    ],
)
def test_a_choice_that_does_not_exist_is_refused(name: str, value: str) -> None:
    with pytest.raises(ValidationError, match=name):
        Configuration.read({name: value}.get)


def test_a_resource_against_the_rules_stops_the_synthesis(synthesise_data: Synthesise) -> None:
    from infra.synthesis import RulesBroken

    def add_an_open_bucket(application: Any) -> None:
        from aws_cdk import aws_s3

        aws_s3.Bucket(application.node.find_child("video-archive-data"), "Careless")

    with pytest.raises(RulesBroken, match="AwsSolutions-S10"):
        synthesise_data(add_an_open_bucket)
