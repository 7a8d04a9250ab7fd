"""A state machine with a role that may call its own steps, and nothing else."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.constructs.acknowledged import acknowledge_everything, grant
from infra.constructs.month_log import month_log
from infra.names import Names
from infra.state_machines import DEFINITIONS, STEPS, WITH_WORKER, Tasks


class JobStateMachine(Construct):
    def __init__(
        self, scope: Construct, workflow: str, names: Names, steps: Mapping[str, lambda_.IFunction]
    ) -> None:
        super().__init__(scope, workflow.title().replace("_", ""))
        functions = {name: steps[name].function_arn for name in STEPS[workflow]}
        tasks = Tasks(
            functions,
            names.job_queue_arn,
            names.job_definition,
            names.configuration.sizing.shards_at_once,
        )
        name = names.state_machine(workflow)
        self.machine = sfn.StateMachine(
            self,
            "Machine",
            state_machine_name=name,
            definition_body=sfn.DefinitionBody.from_string(_text(self, DEFINITIONS[workflow](tasks))),
            query_language=sfn.QueryLanguage.JSONATA,
            role=self._role(workflow, names, functions),
            tracing_enabled=True,
            logs=sfn.LogOptions(
                destination=month_log(self, "Log", f"/aws/vendedlogs/states/{name}"),
                level=sfn.LogLevel.ALL,
                include_execution_data=True,
            ),
        )
        acknowledge_everything(self, "logs", "xray", "batch")

    def _role(self, workflow: str, names: Names, functions: Mapping[str, str]) -> iam.Role:
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("states.amazonaws.com"),
            description=f"What the workflow {workflow} may do.",
        )
        found = [_allow("CallSteps", ["lambda:InvokeFunction"], list(functions.values()))]
        if workflow in WITH_WORKER:
            found += _batch(names)
        grant(role, found)
        return role


def _batch(names: Names) -> list[dict[str, Any]]:
    """Source: AWS's guide to Batch from Step Functions. Batch knows no finer rights to look at jobs."""
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


def _text(scope: Construct, definition: dict[str, Any]) -> str:
    text: str = Stack.of(scope).to_json_string(definition)
    return text
