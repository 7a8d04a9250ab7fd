"""``python -m infra.permissions_table [--check]``: what each function may do, out of the templates.

Writes ``docs/aws-permissions.md``, or compares it. The roles are read as they are deployed, so a
permission that came from anywhere else than ``infra.permissions`` shows here as well.
"""

import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from infra.intrinsics import flat

Template = Mapping[str, Any]

DOCUMENT: Final = Path(__file__).parent.parent / "docs" / "aws-permissions.md"

_HEAD: Final = """# What each function may do

Generated from the synthesised templates by `python -m infra.permissions_table`; a test compares them.
Each role belongs to one function, worker or workflow alone. The streaming ingress is there only where it
is chosen. `<...>` stands for what an account
decides: its number, or the partition. Where a language model's key is chosen, the worker and the
functions of prompts and of the simplified workflow may read that one secret. Not shown:
that every function may write to its own log group,
and send traces to X-Ray (`xray:PutTraceSegments`, `xray:PutTelemetryRecords` on `*`).

"""

_EVERYWHERE: Final = frozenset({"WriteOwnLog"})
_TRACES: Final = frozenset({"xray:PutTraceSegments", "xray:PutTelemetryRecords"})
_USERS: Final = {
    "AWS::Lambda::Function": ("FunctionName", "Role", "Functions"),
    "AWS::StepFunctions::StateMachine": ("StateMachineName", "RoleArn", "Workflows"),
    "AWS::Batch::JobDefinition": ("JobDefinitionName", "JobRoleArn", "Worker"),
    "AWS::ECS::TaskDefinition": ("Family", "TaskRoleArn", "Streaming ingress"),
}


CHOICES: Final = {"streaming_ingress": "true"}
"""What the document is made with, so that every role is in it that there can be."""


class Row(NamedTuple):
    actions: list[str]
    resources: list[str]
    condition: str


class RoleUser(NamedTuple):
    """A function, a workflow or the worker, and what its role allows."""

    kind: str
    name: str
    rows: list[Row]


def document(templates: Iterable[Template]) -> str:
    users = sorted(user for template in templates for user in role_users(template))
    kinds = dict.fromkeys(kind for _, _, kind in _USERS.values())
    return _HEAD + "\n".join(_section(kind, [user for user in users if user.kind == kind]) for kind in kinds)


def role_users(template: Template) -> Iterator[RoleUser]:
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        name, role, kind = _USERS.get(resource["Type"], ("", "", ""))
        if name in properties:  # the CDK's own custom resources have no names
            arn = properties.get(role) or properties["ContainerProperties"][role]
            rows = [_row(each) for each in role_statements(template, arn["Fn::GetAtt"][0])]
            yield RoleUser(kind, properties[name], [row for row in rows if row is not None])


def role_statements(template: Template, role: str) -> list[dict[str, Any]]:
    """Of the policies that are attached to the role with this logical id."""
    found: list[dict[str, Any]] = []
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::IAM::Policy" and {"Ref": role} in properties["Roles"]:
            found += properties["PolicyDocument"]["Statement"]
    return found


def many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _row(statement: dict[str, Any]) -> Row | None:
    actions = many(statement["Action"])
    if statement.get("Sid") in _EVERYWHERE or _TRACES.issuperset(actions):
        return None
    return Row(
        sorted(actions),
        [flat(resource) for resource in many(statement["Resource"])],
        _condition(statement.get("Condition", {})),
    )


def _condition(condition: dict[str, dict[str, Any]]) -> str:
    return "; ".join(
        f"{key} {'like' if 'Like' in operator else 'is'} {' or '.join(map(flat, many(value)))}"
        for operator, pairs in condition.items()
        for key, value in pairs.items()
    )


def _section(kind: str, users: list[RoleUser]) -> str:
    lines = [f"## {kind}", "", "| who | actions | resources | only if |", "| --- | --- | --- | --- |"]
    for user in users:
        if not user.rows:
            lines.append(f"| `{user.name}` | nothing | | |")
        for number, row in enumerate(user.rows):
            name = f"`{user.name}`" if number == 0 else ""
            lines.append(f"| {name} | {_cell(row.actions)} | {_cell(row.resources)} | {row.condition} |")
    return "\n".join(lines) + "\n"


def _cell(texts: list[str]) -> str:
    return "<br>".join(f"`{text}`" for text in texts)


def main() -> int:
    os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")
    os.environ.setdefault("CDK_VALIDATION", "false")  # `make synth` checks; this only reads
    from infra.synthesis import application, synthesise  # noqa: PLC0415 - starts Node

    with tempfile.TemporaryDirectory() as folder:
        app = application(Path(folder), {"aws:cdk:bundling-stacks": [], **CHOICES})
        text = document([stack.template for stack in synthesise(app).stacks])
    if "--check" not in sys.argv[1:]:
        DOCUMENT.write_text(text, encoding="utf-8")
        return 0
    if DOCUMENT.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write(f"{DOCUMENT} is not what the templates say: run python -m infra.permissions_table\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
