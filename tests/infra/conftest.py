"""The stacks, synthesised once a session. Importing the CDK starts Node, so only fixtures do it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

Template = dict[str, Any]
Synthesise = Callable[..., Template]


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
    from infra.synthesis import application, synthesise

    def make(change: Callable[[Any], None] | None = None, **choices: str) -> Template:
        app = application(tmp_path_factory.mktemp("assembly"), choices)
        if change is not None:
            change(app)
        template: Template = synthesise(app).stacks[0].template
        return template

    return make


@pytest.fixture(scope="session")
def data(synthesise_data: Synthesise) -> Template:
    """With nothing chosen."""
    return synthesise_data()
