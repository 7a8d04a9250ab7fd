"""The stacks, synthesised once a session. Importing the CDK starts Node, so only fixtures do it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

Template = dict[str, Any]
Synthesise = Callable[..., Template]
SynthesiseAll = Callable[..., Mapping[str, Template]]

WITHOUT_ASSETS: dict[str, Any] = {"aws:cdk:bundling-stacks": []}
"""Layers and code are built by ``make synth``; their sources stand in for them."""


@pytest.fixture(scope="session")
def _node() -> Iterator[None]:
    """CloudFormation's own schemas are left to ``make synth``: checking them takes four times as long."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CDK_VALIDATION", "false")
        patch.setenv("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")
        patch.delenv("CDK_OUTDIR", raising=False)
        patch.delenv("CDK_CONTEXT_JSON", raising=False)
        yield


@pytest.fixture(scope="session")
def synthesise_data(_node: None, tmp_path_factory: pytest.TempPathFactory) -> Synthesise:
    """Make the data stack's template, checked by cdk-nag, for the given choices."""
    from infra.stacks.data import DataStack
    from infra.synthesis import application, synthesise

    def make(change: Callable[[Any], None] | None = None, **choices: str) -> Template:
        app = application(tmp_path_factory.mktemp("assembly"), choices, DataStack)
        if change is not None:
            change(app)
        template: Template = synthesise(app).stacks[0].template
        return template

    return make


@pytest.fixture(scope="session")
def data(synthesise_data: Synthesise) -> Template:
    """With nothing chosen."""
    return synthesise_data()


@pytest.fixture(scope="session")
def synthesise_all(_node: None, tmp_path_factory: pytest.TempPathFactory) -> SynthesiseAll:
    """Make every template, checked by cdk-nag, for the given choices; by the stack's own part of its name."""
    from infra.synthesis import application, synthesise

    def make(**choices: str) -> Mapping[str, Template]:
        app = application(tmp_path_factory.mktemp("assembly"), {**WITHOUT_ASSETS, **choices})
        return {stack.stack_name.rpartition("-")[2]: stack.template for stack in synthesise(app).stacks}

    return make


@pytest.fixture(scope="session")
def stacks(synthesise_all: SynthesiseAll) -> Mapping[str, Template]:
    """With nothing chosen."""
    return synthesise_all()


@pytest.fixture(scope="session")
def standard(synthesise_all: SynthesiseAll) -> Mapping[str, Template]:
    """Everything that costs something, on machines with a GPU and a serverless search engine."""
    return synthesise_all(
        size="standard",
        worker="gpu",
        worker_image="registry.example/worker:1",
        weights_location="s3://models-of-ours/weights",
        search_engine="serverless",
        alarm_email="operator@example.com",
        domain_name="archive.example.com",
        certificate_arn="arn:aws:acm:us-east-1:111122223333:certificate/one",
    )


@pytest.fixture(scope="session")
def emulated(synthesise_all: SynthesiseAll) -> Mapping[str, Template]:
    return synthesise_all(
        emulator="true",
        deletion_protection="false",
        search_engine="external",
        search_endpoint="http://localhost:9200",
    )
