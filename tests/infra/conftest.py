"""Synthesised stacks, one synthesis per session. Importing the CDK starts Node, so only fixtures import
it."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import pytest

Template = dict[str, Any]
Synthesise = Callable[..., Template]
SynthesiseAll = Callable[..., Mapping[str, Template]]

WITHOUT_ASSETS: dict[str, Any] = {"aws:cdk:bundling-stacks": []}
"""Context that skips the bundling of layers and code, which ``make synth`` does. The assets are their
sources."""


@pytest.fixture(scope="session")
def _node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Set the environment of a synthesis.

    The CDK's validation against CloudFormation's schemas is off, because it takes four times as long; ``make
    synth`` does it. Small files take the place of the built site.
    """
    from infra import site_files

    folder = tmp_path_factory.mktemp("site")
    for name in ("console/assets/index-a.js", "console/index.html", "docs/index.html"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    (folder / "docs" / "moved.json").write_text('{"guide": "start/laptop/"}')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CDK_VALIDATION", "false")
        patch.delenv("CDK_OUTDIR", raising=False)
        patch.delenv("CDK_CONTEXT_JSON", raising=False)
        patch.setattr(site_files, "CONSOLE", folder / "console")
        patch.setattr(site_files, "DOCUMENTATION", folder / "docs")
        yield


@pytest.fixture(scope="session")
def synthesise_data(_node: None, tmp_path_factory: pytest.TempPathFactory) -> Synthesise:
    """Synthesise the data stack, checked by cdk-nag, with the given choices."""
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
    """Template of the data stack with default choices."""
    return synthesise_data()


@pytest.fixture(scope="session")
def synthesise_all(synthesise_anew: SynthesiseAll) -> SynthesiseAll:
    """Synthesise every stack as ``synthesise_anew`` does, but the same choices once only. Tests must not
    change the templates."""
    return cache(synthesise_anew)


@pytest.fixture(scope="session")
def synthesise_anew(_node: None, tmp_path_factory: pytest.TempPathFactory) -> SynthesiseAll:
    """Synthesise every stack, checked by cdk-nag, with the given choices. Keys are stack names without
    prefix."""
    from infra.synthesis import application, synthesise

    def make(**choices: str) -> Mapping[str, Template]:
        app = application(tmp_path_factory.mktemp("assembly"), {**WITHOUT_ASSETS, **choices})
        return {stack.stack_name.rpartition("-")[2]: stack.template for stack in synthesise(app).stacks}

    return make


@pytest.fixture(scope="session")
def stacks(synthesise_all: SynthesiseAll) -> Mapping[str, Template]:
    """Templates with default choices."""
    return synthesise_all()


@pytest.fixture(scope="session")
def standard(synthesise_all: SynthesiseAll) -> Mapping[str, Template]:
    """Templates of size ``standard`` with GPU workers and a serverless search engine."""
    return synthesise_all(
        size="standard",
        worker="gpu",
        worker_image="registry.example/worker:1",
        weights_location="s3://example-models/weights",
        search_engine="serverless",
        alarm_email="operator@example.com",
        domain_name="archive.example.com",
        certificate_arn="arn:aws:acm:us-east-1:111122223333:certificate/one",
    )


@pytest.fixture(scope="session")
def emulated(synthesise_all: SynthesiseAll) -> Mapping[str, Template]:
    """Templates for an emulator."""
    return synthesise_all(
        emulator="true",
        deletion_protection="false",
        search_engine="external",
        search_endpoint="http://localhost:9200",
    )
