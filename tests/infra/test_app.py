"""What cannot or must not be deployed is refused by name."""

import json
import os
import subprocess
import sys
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
    assert app.main([]) == 2
    assert "`node`" in capsys.readouterr().err


def test_a_node_that_is_too_old_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    node = tmp_path / "node"
    node.write_text("#!/bin/sh\necho v16.20.2\n")
    node.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert app.main([]) == 2
    assert f"{node} says it is v16.20.2: install Node 22" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", ["sise=standard", "size"])
def test_a_choice_by_a_name_that_there_is_not_is_refused(
    wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main(["-c", wrong]) == 2
    said = capsys.readouterr().err
    assert f"{wrong.partition('=')[0]!r}" in said
    assert "Traceback" not in said


def test_a_choice_that_the_cdk_hands_over_is_refused_by_its_name_too(tmp_path: Path) -> None:
    """As ``cdk deploy -c sise=standard`` does it, among its own context."""
    handed_over = json.dumps({**WITHOUT_ASSETS, "sise": "standard"})
    ended = subprocess.run(
        [sys.executable, "-m", "infra.app"],
        cwd=REPOSITORY,
        env=os.environ | {"CDK_OUTDIR": str(tmp_path), "CDK_CONTEXT_JSON": handed_over},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert "no choice 'sise'. Is size meant?" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.usefixtures("_node")
def test_a_value_that_there_is_not_is_said_in_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["-c", "size=huge", "-c", "region=Frankfurt"]) == 2
    _, *lines = capsys.readouterr().err.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["region=Frankfurt", "size=huge"]
    assert lines[1] == "size=huge: Input should be 'idle-zero' or 'standard'"
    assert app.main(["-c", "oidc_issuer=https://issuer.example"]) == 2
    assert "oidc_issuer and oidc_audience are chosen together" in capsys.readouterr().err


@pytest.mark.usefixtures("_node")
def test_what_cannot_be_built_ends_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CDK_OUTDIR", str(tmp_path))
    monkeypatch.setenv("UV", "/nonexistent/uv")
    assert app.main([]) == 1
    said = capsys.readouterr().err
    assert "could not be built" in said
    assert "/nonexistent/uv" in said
    assert "Traceback" not in said


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
        ("region", "cn-north-1"),
        ("region", "us-gov-west-1"),
        ("gpu_machines", "g6"),
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

        aws_s3.Bucket(application.node.find_child("videovector-server-data"), "Careless")

    with pytest.raises(RulesBroken, match="AwsSolutions-S10"):
        synthesise_data(add_an_open_bucket)
