"""All stacks, synthesised and checked against the AwsSolutions rules of cdk-nag."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from aws_cdk import App, Validations
from aws_cdk.cx_api import CloudAssembly
from cdk_nag import AwsSolutionsChecks

from infra.choices import project, refuse_unknown
from infra.configuration import Configuration
from infra.stacks import add_stacks

_NOT_BUNDLED: Final = re.compile(
    r"Failed to bundle asset (\S+),.*?@jsii/kernel\.RuntimeError: (.*)", re.DOTALL
)


class RulesBroken(Exception):
    """The text names the report; the CDK prints it itself where the ``cdk`` command runs this."""


class NotBuilt(Exception):
    """A layer or the functions' code could not be built. The text has the builder's own."""


def application(
    folder: Path,
    choices: Mapping[str, Any] | None = None,
    stacks: Callable[[App, Configuration], object] = add_stacks,
) -> App:
    """To be written to ``folder``. ``choices`` stand above the project's, ``cdk -c`` above both.

    Raises:
        pydantic.ValidationError: a choice that cannot be deployed.
        UnknownChoice: a choice that there is not, wherever it was made.
        NotBuilt: what functions are made of could not be had.
    """
    app = App(context={**project(), **(choices or {})}, outdir=str(folder))
    refuse_unknown(app.node.get_all_context())
    configuration = Configuration.read(app.node.try_get_context)
    try:
        stacks(app, configuration)
    except (
        RuntimeError
    ) as error:  # all that jsii knows of an exception's class, a Python one's too, is its text
        if found := _NOT_BUNDLED.search(str(error)):
            raise NotBuilt(f"{found[1]} could not be built. {found[2]}") from None
        raise
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
