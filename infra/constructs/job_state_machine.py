"""State machine of a workflow, with a role that may run only its own steps."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.constructs.acknowledgments import acknowledge_any_resource, grant_statements
from infra.constructs.log_group import one_month_log_group
from infra.names import Names
from infra.state_machines import DEFINITIONS, STEPS, WITH_WORKER, Tasks


class JobStateMachine(Construct):
    """State machine, role and log group of one workflow."""

    def __init__(
        self, scope: Construct, workflow: str, names: Names, steps: Mapping[str, lambda_.IFunction]
    ) -> None:
        super().__init__(scope, workflow.title().replace("_", ""))
        functions = {name: steps[name].function_arn for name in STEPS[workflow]}
        tasks = Tasks(
            functions,
            names.job_queue_arn,
            names.job_definition,
            names.configuration.sizing.max_concurrent_shards,
        )
        name = names.state_machine(workflow)
        self.machine = sfn.StateMachine(
            self,
            "Machine",
            state_machine_name=name,
            definition_body=sfn.DefinitionBody.from_string(_to_json(self, DEFINITIONS[workflow](tasks))),
            query_language=sfn.QueryLanguage.JSONATA,
            role=self._role(workflow, names, functions),
            tracing_enabled=True,
            logs=sfn.LogOptions(
                destination=one_month_log_group(self, "Log", f"/aws/vendedlogs/states/{name}"),
                level=sfn.LogLevel.ALL,
                include_execution_data=True,
            ),
        )
        acknowledge_any_resource(self, "logs", "xray", "batch")

    def _role(self, workflow: str, names: Names, functions: Mapping[str, str]) -> iam.Role:
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("states.amazonaws.com"),
            description=f"Permissions of the workflow {workflow}.",
        )
        statements = [_allow("CallSteps", ["lambda:InvokeFunction"], list(functions.values()))]
        if workflow in WITH_WORKER:
            statements += _batch_statements(names)
        grant_statements(role, statements)
        return role


def _batch_statements(names: Names) -> list[dict[str, Any]]:
    """Return the statements to run Batch jobs and wait for them.

    Source: AWS's guide to calling Batch from Step Functions. ``batch:DescribeJobs`` supports no
    resource-level permissions.
    """
    definition = names.arn("batch", f"job-definition/{names.job_definition}")
    rule = names.arn("events", "rule/StepFunctionsGetEventsForBatchJobsRule")
    return [
        _allow("SubmitJobs", ["batch:SubmitJob"], [names.job_queue_arn, definition, f"{definition}:*"]),
        _allow("FollowJobs", ["batch:DescribeJobs"], ["*"]),
        _allow("EndJobs", ["batch:TerminateJob"], [names.arn("batch", "job/*")]),
        _allow("HearOfJobs", ["events:PutTargets", "events:PutRule", "events:DescribeRule"], [rule]),
    ]


def _allow(sid: str, actions: list[str], resources: list[str]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources}


def _to_json(scope: Construct, definition: dict[str, Any]) -> str:
    text: str = Stack.of(scope).to_json_string(definition)
    return text
