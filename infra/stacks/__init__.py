"""The stacks, in the order in which they are deployed."""

from aws_cdk import App, Stack

from infra.configuration import Configuration
from infra.stacks.api import ApiStack
from infra.stacks.compute import ComputeStack
from infra.stacks.data import DataStack
from infra.stacks.firewall import FirewallStack
from infra.stacks.observability import ObservabilityStack
from infra.stacks.processing import ProcessingStack


def add_stacks(app: App, configuration: Configuration) -> None:
    """All but Batch find an emulator; the others know it by name alone."""
    data = DataStack(app, configuration)
    compute = [] if configuration.emulator else [ComputeStack(app, configuration)]
    processing = ProcessingStack(app, configuration)
    firewall = FirewallStack(app, configuration) if configuration.has_web_firewall else None
    api = ApiStack(app, configuration, firewall.acl.attr_arn if firewall else None)
    dependent: list[Stack] = [*compute, processing, api, ObservabilityStack(app, configuration)]
    for stack in dependent:
        stack.add_stack_dependency(data)
