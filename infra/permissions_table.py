"""Command ``.venv/bin/python -m infra.permissions_table [--check]``: write the table of permissions.

It writes ``docs/aws-permissions.md``, or compares it with ``--check``. It reads the roles from the
synthesised templates, so it also shows permissions that do not come from ``infra.permissions``.
"""

import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from infra.intrinsics import as_text
from infra.node import use_packaged_node

Template = Mapping[str, Any]

DOCUMENT: Final = Path(__file__).parent.parent / "docs" / "aws-permissions.md"

_HEAD: Final = """# Permissions of each function

`.venv/bin/python -m infra.permissions_table` generates this page from the synthesised templates;
a test compares them.
Each role belongs to exactly one function, workflow, worker or ingress. The streaming ingress exists only
where it is chosen. `<...>` is a value of the account: its number, or the partition. Where a language model's
key is chosen, the worker and the functions of prompts and of the simplified workflow may also read that
secret.

The tables leave out two permissions that every function has: to write to its own log group, and to send
traces to X-Ray (`xray:PutTraceSegments`, `xray:PutTelemetryRecords` on `*`).

"""

_OMITTED_SIDS: Final = frozenset({"WriteOwnLog"})
_TRACING_ACTIONS: Final = frozenset({"xray:PutTraceSegments", "xray:PutTelemetryRecords"})
_ROLE_HOLDERS: Final = {
    "AWS::Lambda::Function": ("FunctionName", "Role", "Functions"),
    "AWS::StepFunctions::StateMachine": ("StateMachineName", "RoleArn", "Workflows"),
    "AWS::Batch::JobDefinition": ("JobDefinitionName", "JobRoleArn", "Worker"),
    "AWS::ECS::TaskDefinition": ("Family", "TaskRoleArn", "Streaming ingress"),
}


DOCUMENTED_CHOICES: Final = {"streaming_ingress": "true"}
"""Choices of the documented deployment, which has every role."""


class Row(NamedTuple):
    """One statement of a role: actions, resources and condition."""

    actions: list[str]
    resources: list[str]
    condition: str


class RoleHolder(NamedTuple):
    """A function, workflow, worker or ingress, and the permissions of its role."""

    kind: str
    name: str
    rows: list[Row]


def document(templates: Iterable[Template]) -> str:
    """Render the page from the templates of all stacks."""
    holders = sorted(holder for template in templates for holder in role_holders(template))
    kinds = dict.fromkeys(kind for _, _, kind in _ROLE_HOLDERS.values())
    return _HEAD + "\n".join(
        _section(kind, [holder for holder in holders if holder.kind == kind]) for kind in kinds
    )


def role_holders(template: Template) -> Iterator[RoleHolder]:
    """Yield the role holders in a template."""
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        name, role, kind = _ROLE_HOLDERS.get(resource["Type"], ("", "", ""))
        if name in properties:  # the CDK's own custom resource functions have no name
            arn = properties.get(role) or properties["ContainerProperties"][role]
            rows = [_row(each) for each in role_statements(template, arn["Fn::GetAtt"][0])]
            yield RoleHolder(kind, properties[name], [row for row in rows if row is not None])


def role_statements(template: Template, role: str) -> list[dict[str, Any]]:
    """Return the statements of the policies that are attached to the role with this logical id."""
    found: list[dict[str, Any]] = []
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::IAM::Policy" and {"Ref": role} in properties["Roles"]:
            found += properties["PolicyDocument"]["Statement"]
    return found


def as_list(value: Any) -> list[Any]:
    """Wrap a single value of a policy element in a list."""
    return value if isinstance(value, list) else [value]


def _row(statement: dict[str, Any]) -> Row | None:
    actions = as_list(statement["Action"])
    if statement.get("Sid") in _OMITTED_SIDS or _TRACING_ACTIONS.issuperset(actions):
        return None
    return Row(
        sorted(actions),
        [as_text(resource) for resource in as_list(statement["Resource"])],
        _condition(statement.get("Condition", {})),
    )


def _condition(condition: dict[str, dict[str, Any]]) -> str:
    return "; ".join(
        f"{key} {_comparison(operator, as_list(value))}"
        for operator, pairs in condition.items()
        for key, value in pairs.items()
    )


def _comparison(operator: str, values: list[Any]) -> str:
    if operator == "Null":
        return "is absent" if values == ["true"] else "is present"
    return f"{'like' if 'Like' in operator else 'is'} {' or '.join(map(as_text, values))}"


def _section(kind: str, holders: list[RoleHolder]) -> str:
    lines = [f"## {kind}", "", "| name | actions | resources | condition |", "| --- | --- | --- | --- |"]
    for holder in holders:
        if not holder.rows:
            lines.append(f"| `{holder.name}` | none | | |")
        for number, row in enumerate(holder.rows):
            name = f"`{holder.name}`" if number == 0 else ""
            lines.append(f"| {name} | {_cell(row.actions)} | {_cell(row.resources)} | {row.condition} |")
    return "\n".join(lines) + "\n"


def _cell(texts: list[str]) -> str:
    return "<br>".join(f"`{text}`" for text in texts)


def main() -> int:
    """Write the page, or compare it with ``--check``. Returns 1 if the page is out of date."""
    use_packaged_node()
    os.environ.setdefault("CDK_VALIDATION", "false")  # `make synth` validates; this command only reads
    from infra.synthesis import application, synthesise  # noqa: PLC0415 - starts Node

    with tempfile.TemporaryDirectory() as folder:
        app = application(Path(folder), {"aws:cdk:bundling-stacks": [], **DOCUMENTED_CHOICES})
        text = document([stack.template for stack in synthesise(app).stacks])
    if "--check" not in sys.argv[1:]:
        DOCUMENT.write_text(text, encoding="utf-8")
        return 0
    if DOCUMENT.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write(f"{DOCUMENT} is out of date: run .venv/bin/python -m infra.permissions_table\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
