"""Synthesis of the CDK app, checked against the AwsSolutions rules of cdk-nag."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from aws_cdk import App, Validations
from aws_cdk.cx_api import CloudAssembly
from cdk_nag import AwsSolutionsChecks

from infra.choices import check_known, project_context
from infra.configuration import Configuration
from infra.stacks import add_stacks

_BUNDLING_ERROR: Final = re.compile(
    r"Failed to bundle asset (\S+),.*?@jsii/kernel\.RuntimeError: (.*)", re.DOTALL
)


class RuleViolations(Exception):
    """cdk-nag found violations. The message names the report file.

    Under the ``cdk`` command, the CDK prints the report itself.
    """


class BuildFailed(Exception):
    """A layer or the functions' code could not be built. The message includes the builder's error."""


def application(
    folder: Path,
    choices: Mapping[str, Any] | None = None,
    stacks: Callable[[App, Configuration], object] = add_stacks,
) -> App:
    """Build the CDK app, which ``synthesise`` writes to ``folder``.

    ``choices`` override those in ``cdk.json``; ``cdk -c`` overrides both.

    Raises:
        pydantic.ValidationError: a choice has an invalid value.
        UnknownChoice: a choice has an unknown name, wherever it was made.
        BuildFailed: a layer or the functions' code could not be built.
    """
    app = App(context={**project_context(), **(choices or {})}, outdir=str(folder))
    check_known(app.node.get_all_context())
    configuration = Configuration.read(app.node.try_get_context)
    try:
        stacks(app, configuration)
    except RuntimeError as error:  # jsii passes on only the text of an exception, even of a Python exception
        if found := _BUNDLING_ERROR.search(str(error)):
            raise BuildFailed(f"{found[1]} could not be built. {found[2]}") from None
        raise
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    return app


def synthesise(app: App) -> CloudAssembly:
    """Write the cloud assembly of ``app``. Raises: RuleViolations."""
    try:
        return app.synth()
    except RuntimeError as error:  # jsii passes on only the text of the JavaScript exception
        if "ValidationFailed" in str(error):
            raise RuleViolations(str(error).partition(": ")[2]) from None
        raise


def resource_counts(assembly: CloudAssembly) -> dict[str, int]:
    """Count the resources of each stack, in the order of deployment."""
    return {stack.stack_name: len(stack.template.get("Resources", {})) for stack in assembly.stacks}
