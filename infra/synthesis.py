"""All stacks, synthesised and checked against the AwsSolutions rules of cdk-nag."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from aws_cdk import App, Validations
from aws_cdk.cx_api import CloudAssembly
from cdk_nag import AwsSolutionsChecks

from infra.configuration import Configuration
from infra.stacks import add_stacks

_PROJECT_FILE: Final = Path(__file__).parent.parent / "cdk.json"


class RulesBroken(Exception):
    """The text names the report; the CDK prints it itself where the ``cdk`` command runs this."""


def application(
    folder: Path,
    choices: Mapping[str, Any] | None = None,
    stacks: Callable[[App, Configuration], object] = add_stacks,
) -> App:
    """To be written to ``folder``. ``choices`` stand above the project's, ``cdk -c`` above both.

    Raises:
        pydantic.ValidationError: a choice that cannot be deployed.
    """
    app = App(context={**_project_context(), **(choices or {})}, outdir=str(folder))
    stacks(app, Configuration.read(app.node.try_get_context))
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    return app


def synthesise(app: App) -> CloudAssembly:
    """Raises: RulesBroken."""
    try:
        return app.synth()
    except RuntimeError as error:  # all that jsii knows of the JavaScript exception's class is its text
        if "ValidationFailed" in str(error):
            raise RulesBroken(str(error).partition(": ")[2]) from None
        raise


def resource_counts(assembly: CloudAssembly) -> dict[str, int]:
    """By stack, in the order of deployment."""
    return {stack.stack_name: len(stack.template.get("Resources", {})) for stack in assembly.stacks}


def _project_context() -> dict[str, Any]:
    """The ``cdk`` command passes this file's context by itself; without it the same has to apply."""
    context: dict[str, Any] = json.loads(_PROJECT_FILE.read_text(encoding="utf-8"))["context"]
    return context
