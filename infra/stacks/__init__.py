"""CloudFormation stacks, in deployment order."""

from aws_cdk import App, Stack

from infra import site_files
from infra.configuration import Configuration
from infra.stacks.api import ApiStack
from infra.stacks.compute import ComputeStack
from infra.stacks.data import DataStack
from infra.stacks.firewall import FirewallStack
from infra.stacks.ingress import IngressStack
from infra.stacks.observability import ObservabilityStack
from infra.stacks.processing import ProcessingStack
from infra.stacks.site import SiteStack


def add_stacks(app: App, configuration: Configuration) -> None:
    """Add the stacks of the configuration to the app.

    An emulator gets no compute stack, because emulators do not support Batch. The other stacks refer to Batch
    only by name.

    Raises:
        SiteNotBuilt: the site is chosen, and its files are missing.
    """
    if configuration.has_site:
        site_files.check_built()
    data = DataStack(app, configuration)
    compute = [] if configuration.emulator else [ComputeStack(app, configuration)]
    processing = ProcessingStack(app, configuration)
    firewall = FirewallStack(app, configuration) if configuration.has_web_firewall else None
    ingress = [IngressStack(app, configuration)] if configuration.has_streaming_ingress else []
    acl_arn = firewall.acl.attr_arn if firewall else None
    api = ApiStack(app, configuration, acl_arn)
    site = [SiteStack(app, configuration, acl_arn)] if configuration.has_site else []
    observability = ObservabilityStack(app, configuration)
    dependent: list[Stack] = [*compute, processing, *ingress, api, *site, observability]
    for stack in dependent:
        stack.add_stack_dependency(data)
    behind_api: list[Stack] = [*site, observability]
    for stack in behind_api:
        stack.add_stack_dependency(api)
    for stack in ingress:
        api.add_stack_dependency(stack)
        observability.add_stack_dependency(stack)
