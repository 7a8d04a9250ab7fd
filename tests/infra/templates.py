"""Questions that tests ask of a template."""

from typing import Any

Template = dict[str, Any]


def resources(template: Template, kind: str) -> dict[str, dict[str, Any]]:
    return {name: each for name, each in template["Resources"].items() if each["Type"] == kind}


def the_only(template: Template, kind: str) -> tuple[str, dict[str, Any]]:
    ((name, found),) = resources(template, kind).items()
    return name, found["Properties"]


def properties(template: Template, kind: str) -> list[dict[str, Any]]:
    return [each["Properties"] for each in resources(template, kind).values()]


def outputs(template: Template) -> dict[str, Any]:
    return {name: each["Value"] for name, each in template["Outputs"].items()}
