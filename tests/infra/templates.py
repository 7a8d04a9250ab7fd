"""Queries on CloudFormation templates."""

from typing import Any

Template = dict[str, Any]


def resources(template: Template, kind: str) -> dict[str, dict[str, Any]]:
    """Return the resources of a type by logical id."""
    return {name: each for name, each in template["Resources"].items() if each["Type"] == kind}


def only_resource(template: Template, kind: str) -> tuple[str, dict[str, Any]]:
    """Return logical id and properties of the only resource of a type."""
    ((name, found),) = resources(template, kind).items()
    return name, found["Properties"]


def properties(template: Template, kind: str) -> list[dict[str, Any]]:
    """Return the properties of all resources of a type."""
    return [each["Properties"] for each in resources(template, kind).values()]


def outputs(template: Template) -> dict[str, Any]:
    """Return the values of the outputs by name."""
    return {name: each["Value"] for name, each in template["Outputs"].items()}
